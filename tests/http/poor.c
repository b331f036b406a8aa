/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * To be preloaded: libcurl is out of memory for as long as there is a file of
 * the name that is in POOR.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef void *init_fn(void);
init_fn curl_multi_init;

void *curl_multi_init(void)
{
    const char *name = getenv("POOR");
    init_fn *init;

    *(void **)&init = dlsym(RTLD_NEXT, "curl_multi_init");
    return name && access(name, F_OK) == 0 ? NULL : init();
}
