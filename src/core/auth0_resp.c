/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_resp.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_digits.h"

/* Eighteen digits. */
#define NUMBER_MOST UINT64_C(999999999999999999)

static char *append(char *end, const char *bytes, size_t len)
{
    memcpy(end, bytes, len);
    return end + len;
}

auth0_span_t auth0_resp_command(const auth0_span_t *words, size_t count,
                                apr_pool_t *pool)
{
    const char *head = apr_psprintf(pool, "*%" APR_SIZE_T_FMT "\r\n", count);
    size_t len = strlen(head);

    for (size_t i = 0; i < count; i++) {
        len += words[i].len + sizeof("$18446744073709551615\r\n\r\n");
    }
    char *text = apr_palloc(pool, len);
    char *end = append(text, head, strlen(head));

    for (size_t i = 0; i < count; i++) {
        head = apr_psprintf(pool, "$%" APR_SIZE_T_FMT "\r\n", words[i].len);
        end = append(end, head, strlen(head));
        end = append(end, words[i].ptr, words[i].len);
        end = append(end, "\r\n", 2);
    }
    return auth0_span(text, (size_t)(end - text));
}

static auth0_resp_found_t read_line(auth0_span_t *line, auth0_span_t *rest)
{
    const char *cr = rest->len > 0 ? memchr(rest->ptr, '\r', rest->len) : NULL;
    size_t len = cr ? (size_t)(cr - rest->ptr) : rest->len;

    if (len > AUTH0_RESP_LINE_MOST) {
        return AUTH0_RESP_BROKEN;
    }
    if (len + 2 > rest->len) {
        return AUTH0_RESP_MORE;
    }
    *line = auth0_span(rest->ptr, len);
    *rest = auth0_span(cr + 2, rest->len - len - 2);
    return cr[1] == '\n' ? AUTH0_RESP_FOUND : AUTH0_RESP_BROKEN;
}

/* As Redis writes them: no sign but '-', and that before no zero. */
static bool read_number(int64_t *number, auth0_span_t text)
{
    bool is_negative = auth0_span_starts(text, "-");
    auth0_span_t digits =
        auth0_span(text.ptr + is_negative, text.len - is_negative);
    uint64_t value;

    if (!auth0_digits_read_canonical(&value, digits, NUMBER_MOST) ||
        (is_negative && value == 0)) {
        return false;
    }
    *number = is_negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static auth0_resp_found_t read_text(auth0_resp_item_t *item, auth0_span_t *rest)
{
    size_t len = (size_t)item->number;

    if (item->number == -1) {
        item->kind = AUTH0_RESP_NIL;
        return AUTH0_RESP_FOUND;
    }
    if (item->number < 0 || item->number > AUTH0_RESP_TEXT_MOST) {
        return AUTH0_RESP_BROKEN;
    }
    if (len + 2 > rest->len) {
        return AUTH0_RESP_MORE;
    }
    item->text = auth0_span(rest->ptr, len);
    *rest = auth0_span(rest->ptr + len, rest->len - len);
    return read_line(&(auth0_span_t){0}, rest) == AUTH0_RESP_FOUND &&
                   rest->ptr == item->text.ptr + len + 2
               ? AUTH0_RESP_FOUND
               : AUTH0_RESP_BROKEN;
}

static auth0_resp_found_t check_array(auth0_resp_item_t *item)
{
    if (item->number == -1) {
        item->kind = AUTH0_RESP_NIL;
        return AUTH0_RESP_FOUND;
    }
    return item->number >= 0 && item->number <= AUTH0_RESP_ITEMS_MOST
               ? AUTH0_RESP_FOUND
               : AUTH0_RESP_BROKEN;
}

static auth0_resp_kind_t kind_of(char sign)
{
    switch (sign) {
    case '+':
        return AUTH0_RESP_STATUS;
    case '-':
        return AUTH0_RESP_ERROR;
    case ':':
        return AUTH0_RESP_INTEGER;
    case '$':
        return AUTH0_RESP_TEXT;
    case '*':
        return AUTH0_RESP_ARRAY;
    default:
        return 0;
    }
}

static bool is_of_text(auth0_resp_kind_t kind)
{
    return kind == AUTH0_RESP_STATUS || kind == AUTH0_RESP_ERROR;
}

static auth0_resp_found_t read_item(auth0_resp_item_t *item, auth0_span_t *rest)
{
    auth0_span_t line;
    auth0_resp_found_t found = read_line(&line, rest);

    if (found != AUTH0_RESP_FOUND) {
        return found;
    }
    item->text = auth0_span(line.ptr + 1, line.len - 1);
    if (is_of_text(item->kind)) {
        return AUTH0_RESP_FOUND;
    }
    if (!read_number(&item->number, item->text)) {
        return AUTH0_RESP_BROKEN;
    }
    if (item->kind == AUTH0_RESP_TEXT) {
        return read_text(item, rest);
    }
    return item->kind == AUTH0_RESP_ARRAY ? check_array(item)
                                          : AUTH0_RESP_FOUND;
}

auth0_resp_found_t auth0_resp_next(auth0_resp_item_t *item, auth0_span_t *rest)
{
    auth0_span_t left = *rest;

    if (left.len == 0) {
        return AUTH0_RESP_MORE;
    }
    *item = (auth0_resp_item_t){.kind = kind_of(left.ptr[0])};
    if (!item->kind) {
        return AUTH0_RESP_BROKEN;
    }
    auth0_resp_found_t found = read_item(item, &left);

    *rest = found == AUTH0_RESP_FOUND ? left : *rest;
    return found;
}

/* Arrays in arrays need no stack: what counts is how many are to come. */
auth0_resp_found_t auth0_resp_reply(auth0_span_t *reply, auth0_span_t *rest)
{
    auth0_span_t left = *rest;
    auth0_resp_item_t item;
    int64_t to_come = 1;
    int64_t all = 1;

    for (; to_come > 0; to_come--) {
        auth0_resp_found_t found = auth0_resp_next(&item, &left);
        int64_t more = 0;
        if (found != AUTH0_RESP_FOUND) {
            return found;
        }
        if (item.kind == AUTH0_RESP_ARRAY) {
            more = item.number;
        }
        to_come += more;
        all += more;
        if (all > AUTH0_RESP_ITEMS_MOST) {
            return AUTH0_RESP_BROKEN;
        }
    }
    *reply = auth0_span(rest->ptr, rest->len - left.len);
    *rest = left;
    return AUTH0_RESP_FOUND;
}

bool auth0_resp_take(auth0_resp_item_t *item, auth0_span_t *rest,
                     auth0_resp_kind_t kind)
{
    return auth0_resp_next(item, rest) == AUTH0_RESP_FOUND &&
           item->kind == kind;
}
