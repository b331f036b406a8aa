/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_percent.h"

#include "core/auth0_ascii.h"

int auth0_percent_byte(auth0_span_t text)
{
    if (text.len < AUTH0_PERCENT_LEN || text.ptr[0] != '%') {
        return -1;
    }
    int high = auth0_ascii_hex(text.ptr[1]);
    int low = auth0_ascii_hex(text.ptr[2]);

    return high < 0 || low < 0 ? -1 : high * 16 + low;
}
