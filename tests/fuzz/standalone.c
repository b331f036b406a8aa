/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Replays files and folders of inputs with any compiler, where libFuzzer is
 * not at hand: those given as arguments, or else the target's own seeds.
 * Fails when there was nothing to replay.
 */

static bool replay_file(const char *path, long size)
{
    FILE *file = fopen(path, "rb");
    /* Exactly as long as the input, so that a sanitizer sees one byte more. */
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    bool good = file != NULL && data != NULL &&
                fread(data, 1, (size_t)size, file) == (size_t)size;
    if (good) {
        (void)LLVMFuzzerTestOneInput(data, (size_t)size);
    }
    else {
        perror(path);
    }
    free(data);
    if (file != NULL) {
        (void)fclose(file);
    }
    return good;
}

static bool replay(const char *path, unsigned *count);

static bool replay_folder(const char *path, unsigned *count)
{
    DIR *folder = opendir(path);
    bool good = folder != NULL;
    for (struct dirent *e; good && (e = readdir(folder)) != NULL;) {
        char inner[4096];
        int len = snprintf(inner, sizeof(inner), "%s/%s", path, e->d_name);
        if (e->d_name[0] != '.') {
            good =
                len > 0 && (size_t)len < sizeof(inner) && replay(inner, count);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return good;
}

static bool replay(const char *path, unsigned *count)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        perror(path);
        return false;
    }
    if (S_ISDIR(info.st_mode)) {
        return replay_folder(path, count);
    }
    (*count)++;
    return replay_file(path, (long)info.st_size);
}

/* The seeds of fuzz_x stand in tests/fuzz/corpus/x below $srcdir. */
static bool replay_own_seeds(const char *program, unsigned *count)
{
    const char *srcdir = getenv("srcdir");
    const char *name = strstr(program, "fuzz_");
    char path[4096];
    for (const char *next = name; next != NULL;) {
        name = next + strlen("fuzz_");
        next = strstr(name, "fuzz_");
    }
    int len = snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
                       srcdir != NULL ? srcdir : ".", name != NULL ? name : "");
    return name != NULL && len > 0 && (size_t)len < sizeof(path) &&
           replay(path, count);
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    bool good = argc > 1 || replay_own_seeds(argv[0], &count);
    for (int i = 1; i < argc; i++) {
        good = replay(argv[i], &count) && good;
    }
    printf("%s: %u inputs replayed\n", argv[0], count);
    return good && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
