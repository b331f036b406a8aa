/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_errno.h>
#include <apr_strings.h>

#define PART ".part"
#define KEYS_MARK ".keys."
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* In the year 2242; nanoseconds end soon after. */
#define SECONDS_MOST ((int64_t)1 << 33)

static const char *complain(apr_pool_t *pool, const char *what)
{
    char words[120];
    apr_status_t status = APR_FROM_OS_ERROR(errno);

    return apr_pstrcat(pool, what, ": ",
                       apr_strerror(status, words, sizeof(words)), NULL);
}

/* Times that a file can have and microseconds cannot are as good as others. */
static int64_t in_units(struct timespec time, int64_t per_second)
{
    int64_t seconds = time.tv_sec < SECONDS_MOST ? time.tv_sec : SECONDS_MOST;

    return (seconds > 0 ? seconds : 0) * per_second +
           time.tv_nsec / (1000000000 / per_second);
}

auth0_file_stamp_t auth0_file_stamp(const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0) {
        return (auth0_file_stamp_t){0};
    }
    return (auth0_file_stamp_t){true, in_units(info.st_mtim, 1000000),
                                in_units(info.st_ctim, 1000000000),
                                info.st_size, info.st_ino};
}

bool auth0_file_stamp_same(auth0_file_stamp_t a, auth0_file_stamp_t b)
{
    return a.exists == b.exists && a.changed == b.changed &&
           a.touched == b.touched && a.bytes == b.bytes && a.number == b.number;
}

/* One more byte than may be there is asked for, to notice it. */
static const char *read_all(auth0_span_t *bytes, int fd, size_t max,
                            apr_pool_t *pool)
{
    char *buffer = apr_palloc(pool, max + 2);
    size_t len = 0;
    ssize_t got;

    while ((got = read(fd, buffer + len, max + 1 - len)) > 0) {
        len += (size_t)got;
    }
    if (got < 0) {
        return complain(pool, "cannot be read");
    }
    if (len > max) {
        return apr_psprintf(pool, "is larger than %" APR_SIZE_T_FMT " bytes",
                            max);
    }
    buffer[len] = '\0';
    *bytes = auth0_span(buffer, len);
    return NULL;
}

/* Not blocking, so that a pipe in place of a file delays nobody. */
static const char *open_regular(int *fd, struct stat *info, const char *path,
                                int flags, apr_pool_t *pool)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
    if (*fd < 0) {
        return complain(pool, "cannot be opened");
    }
    if (fstat(*fd, info) != 0 || !S_ISREG(info->st_mode)) {
        close(*fd);
        return "is not a regular file";
    }
    return NULL;
}

const char *auth0_file_read(auth0_span_t *bytes, const char *path, size_t max,
                            apr_pool_t *pool)
{
    struct stat info;
    int fd;
    const char *why = open_regular(&fd, &info, path, 0, pool);

    *bytes = auth0_span("", 0);
    if (why) {
        return why;
    }
    why = read_all(bytes, fd, max, pool);
    close(fd);
    return why;
}

const char *auth0_file_read_own(auth0_span_t *bytes, const char *path,
                                size_t max, uid_t owner, apr_pool_t *pool)
{
    struct stat info;
    int fd;
    const char *why = open_regular(&fd, &info, path, O_NOFOLLOW, pool);

    *bytes = auth0_span("", 0);
    if (why) {
        return why;
    }
    why = info.st_uid == owner ? read_all(bytes, fd, max, pool)
                               : "belongs to somebody else";
    close(fd);
    return why;
}

static bool write_all(int fd, auth0_span_t bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put <= 0) {
            return false;
        }
        bytes = auth0_span(bytes.ptr + put, bytes.len - (size_t)put);
    }
    return fsync(fd) == 0;
}

/* Whoever left a file of that name, a link to another one too, loses it. */
static bool write_part(const char *path, auth0_span_t bytes, mode_t mode)
{
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0) {
        return false;
    }
    bool is_written = fchmod(fd, mode) == 0 && write_all(fd, bytes);

    return close(fd) == 0 && is_written;
}

/* The folder that a path is in, opened; its own name is what remains. */
static int open_parent(const char **name, const char *path, apr_pool_t *pool)
{
    char *parent = apr_pstrdup(pool, path);
    char *slash = strrchr(parent, '/');

    *name = slash ? path + (slash - parent) + 1 : path;
    if (!slash) {
        return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    slash[slash == parent] = '\0';
    return open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The folder is what holds the new name: it has to reach the disk as well. */
static bool sync_folder_of(const char *path, apr_pool_t *pool)
{
    const char *name;
    int fd = open_parent(&name, path, pool);

    if (fd < 0) {
        return false;
    }
    bool is_synced = fsync(fd) == 0;

    return close(fd) == 0 && is_synced;
}

const char *auth0_file_replace(const char *path, auth0_span_t bytes,
                               mode_t mode, apr_pool_t *pool)
{
    const char *part =
        apr_psprintf(pool, "%s.%ld%s", path, (long)getpid(), PART);

    if (!write_part(part, bytes, mode)) {
        const char *why = complain(pool, "cannot be written");
        unlink(part);
        return why;
    }
    if (rename(part, path) != 0) {
        const char *why = complain(pool, "cannot be replaced");
        unlink(part);
        return why;
    }
    return sync_folder_of(path, pool)
               ? NULL
               : complain(pool, "cannot be brought to the disk");
}

const char *auth0_file_touch(const char *path, apr_pool_t *pool)
{
    return utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW) == 0
               ? NULL
               : complain(pool, "cannot be touched");
}

typedef struct owner_t {
    uid_t user;
    gid_t group;
} owner_t;

/* Whoever could rename things under root's hands could make it own anything. */
static bool is_safe_parent(int fd)
{
    struct stat info;

    return geteuid() != 0 ||
           (fstat(fd, &info) == 0 && info.st_uid == 0 &&
            (!(info.st_mode & (S_IWGRP | S_IWOTH)) || info.st_mode & S_ISVTX));
}

static const char *make_folder(int parent, const char *name, owner_t owner,
                               apr_pool_t *pool)
{
    if (!is_safe_parent(parent)) {
        return "cannot be made: others than root may write to the folder that "
               "it is in";
    }
    if (mkdirat(parent, name, 0700) != 0) {
        return complain(pool, "cannot be made");
    }
    return geteuid() != 0 || fchownat(parent, name, owner.user, owner.group,
                                      AT_SYMLINK_NOFOLLOW) == 0
               ? NULL
               : complain(pool, "cannot be given to the User of httpd");
}

/* The name ends in what only we put there: ".keys.<number>.part". */
static bool is_leftover(const char *name)
{
    const char *mark = strstr(name, KEYS_MARK);
    size_t len = strlen(name);

    return mark && len > strlen(PART) &&
           auth0_span_is(auth0_span_cstr(name + len - strlen(PART)), PART);
}

static void sweep(int folder)
{
    int copy = dup(folder);
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry;

    if (!dir) {
        close(copy);
        return;
    }
    while ((entry = readdir(dir))) {
        if (is_leftover(entry->d_name)) {
            unlinkat(folder, entry->d_name, 0);
        }
    }
    closedir(dir);
}

static const char *check_folder(int fd, uid_t owner, bool is_swept,
                                apr_pool_t *pool)
{
    struct stat info;

    if (fstat(fd, &info) != 0) {
        return complain(pool, "cannot be looked at");
    }
    if (info.st_uid != owner) {
        return apr_psprintf(pool,
                            "belongs to somebody else: give it to the user "
                            "with the number %ld, or remove it",
                            (long)owner);
    }
    if ((info.st_mode & 07777) != 0700 && fchmod(fd, 0700) != 0) {
        return complain(pool, "cannot be closed to others");
    }
    if (is_swept) {
        sweep(fd);
    }
    return NULL;
}

/* Opens the folder, which is made if it is not there. */
static const char *open_folder(int *fd, int parent, const char *name,
                               owner_t owner, apr_pool_t *pool)
{
    const char *why = NULL;

    *fd = openat(parent, name, FOLDER);
    if (*fd < 0 && errno == ENOENT) {
        why = make_folder(parent, name, owner, pool);
        *fd = why ? -1 : openat(parent, name, FOLDER);
    }
    return *fd >= 0 || why ? why : complain(pool, "is no folder");
}

const char *auth0_file_own_folder(const char *path, uid_t owner, gid_t group,
                                  bool is_swept, apr_pool_t *pool)
{
    const char *name;
    int parent = open_parent(&name, path, pool);
    int fd;

    if (parent < 0) {
        return complain(pool, "lies in no folder");
    }
    const char *why =
        open_folder(&fd, parent, name, (owner_t){owner, group}, pool);

    if (!why) {
        why = check_folder(fd, owner, is_swept, pool);
        close(fd);
    }
    close(parent);
    return why;
}
