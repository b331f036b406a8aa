/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include "core/auth0_resp.h"

/* All items of a whole reply, and not a byte more, are taken one by one. */
static void take_all(auth0_span_t reply)
{
    auth0_span_t whole = reply;
    while (reply.len > 0) {
        auth0_resp_item_t item;
        HOLDS(auth0_resp_next(&item, &reply) == AUTH0_RESP_FOUND);
        HOLDS(item.text.len <= AUTH0_RESP_TEXT_MOST);
        HOLDS(item.text.len == 0 ||
              (item.text.ptr > whole.ptr &&
               item.text.ptr + item.text.len < whole.ptr + whole.len));
    }
}

/* What is cut off is unfinished, not broken, and never whole. */
static void cut_off(auth0_span_t reply)
{
    for (size_t len = reply.len > 64 ? reply.len - 64 : 0; len < reply.len;
         len++) {
        auth0_span_t rest = auth0_span(reply.ptr, len);
        auth0_span_t part;
        HOLDS(auth0_resp_reply(&part, &rest) == AUTH0_RESP_MORE);
    }
}

/* A command is an array of texts to whoever reads it. */
static void command(auth0_span_t input, apr_pool_t *pool)
{
    const auth0_span_t words[] = {auth0_span_cstr("SET"), input};
    auth0_span_t text = auth0_resp_command(words, 2, pool);
    auth0_span_t reply;
    auth0_resp_item_t item;
    if (input.len > AUTH0_RESP_TEXT_MOST) {
        return;
    }
    HOLDS(auth0_resp_reply(&reply, &text) == AUTH0_RESP_FOUND);
    HOLDS(text.len == 0);
    HOLDS(auth0_resp_take(&item, &reply, AUTH0_RESP_ARRAY));
    HOLDS(auth0_resp_take(&item, &reply, AUTH0_RESP_TEXT));
    HOLDS(auth0_resp_take(&item, &reply, AUTH0_RESP_TEXT));
    HOLDS(auth0_span_eq(item.text, input));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t input = fuzz_span(data, size);
    auth0_span_t rest = input;
    auth0_span_t reply;
    if (auth0_resp_reply(&reply, &rest) == AUTH0_RESP_FOUND) {
        HOLDS(reply.len + rest.len == input.len);
        take_all(reply);
        cut_off(reply);
    }
    else {
        HOLDS(rest.len == input.len);
    }
    command(input, pool);
    apr_pool_destroy(pool);
    return 0;
}
