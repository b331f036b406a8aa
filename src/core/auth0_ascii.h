/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_ASCII_H
#define AUTH0_ASCII_H

#include <stdbool.h>
#include <string.h>

/*
 * Classes of ASCII characters, whatever the locale of the process: a module
 * next to ours may have set one in which bytes above 0x7f are letters too.
 */
static inline bool auth0_ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char auth0_ascii_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static inline bool auth0_ascii_is_alnum(char c)
{
    char lower = auth0_ascii_lower(c);

    return auth0_ascii_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

/* What a hexadecimal digit stands for, or -1. */
static inline int auth0_ascii_hex(char c)
{
    char lower = auth0_ascii_lower(c);

    if (auth0_ascii_is_digit(c)) {
        return c - '0';
    }
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Two digits in lower case for each of count bytes, and a NUL, into text. */
static inline void auth0_ascii_to_hex(char *text, const unsigned char *bytes,
                                      size_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 0xf];
    }
    *text = '\0';
}

/* Printable, and no space. */
static inline bool auth0_ascii_is_graph(char c)
{
    return c > 0x20 && c < 0x7f;
}

/* Of a token: RFC 9110 section 5.6.2. */
static inline bool auth0_ascii_is_token(char c)
{
    return auth0_ascii_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Below 0x20, or 0x7f. */
static inline bool auth0_ascii_is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

#endif
