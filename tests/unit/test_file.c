/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "net/auth0_file.h"

/* Reading, stamps and folders; test_file_replace.c has the writing. */

#define MAX ((size_t)64 * 1024)
#define NOBODY 65534

/* Something that can follow a name: not nothing, and not the name again. */
static unsigned check_sentence(const char *row, const char *why)
{
    return support_equal(row, why && *why && !strstr(why, "auth0-test"), true);
}

static bool holds(const char *path, const char *text, apr_pool_t *pool)
{
    auth0_span_t bytes;

    return !auth0_file_read(&bytes, path, MAX, pool) &&
           auth0_span_is(bytes, text);
}

typedef struct read_row_t {
    const char *name;
    const char *text; /* NULL: what is missing, "/": a folder */
    size_t max;
    bool is_read;
} read_row_t;

static const read_row_t read_rows[] = {
    {"good", "keys", 100, true},
    {"exactly as large as may be", "12345678", 8, true},
    {"a byte too large", "123456789", 8, false},
    {"much too large", "1234567890123456789", 8, false},
    {"empty", "", 8, true},
    {"empty where nothing may be", "", 0, true},
    {"a byte where nothing may be", "1", 0, false},
    {"a folder", "/", 100, false},
    {"missing", NULL, 100, false},
};

static unsigned check_read(const read_row_t *row, apr_pool_t *pool)
{
    const char *folder = support_folder(pool);
    const char *path = support_inside(folder, "file", pool);
    auth0_span_t bytes = {"poison", 6};

    if (row->text && *row->text == '/') {
        assert_int_equal(mkdir(path, 0700), 0);
    }
    else if (row->text) {
        support_put_file(path, support_span(row->text));
    }
    const char *why = auth0_file_read(&bytes, path, row->max, pool);

    if (!row->is_read) {
        return check_sentence(row->name, why) +
               support_equal(row->name, (long)bytes.len, 0);
    }
    return support_text(row->name, why, NULL) +
           support_equal(row->name, (long)bytes.len, (long)strlen(row->text)) +
           support_text(row->name, bytes.ptr, row->text);
}

static void a_file_is_read_whole_or_not_at_all(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(read_rows); i++) {
        bad += check_read(&read_rows[i], *state);
    }
    assert_int_equal(bad, 0);
}

static void bytes_are_read_as_they_are(void **state)
{
    const char *path = support_inside(support_folder(*state), "file", *state);
    char all[256];
    auth0_span_t bytes;

    for (int i = 0; i < 256; i++) {
        all[i] = (char)i;
    }
    support_put_file(path, auth0_span(all, sizeof(all)));
    assert_null(auth0_file_read(&bytes, path, sizeof(all), *state));
    assert_true(auth0_span_eq(bytes, auth0_span(all, sizeof(all))));
    assert_int_equal(bytes.ptr[bytes.len], 0);
}

static void a_pipe_delays_nobody(void **state)
{
    const char *path = support_inside(support_folder(*state), "pipe", *state);
    auth0_span_t bytes;

    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(20);
    const char *why = auth0_file_read(&bytes, path, MAX, *state);
    const char *own = auth0_file_read_own(&bytes, path, MAX, geteuid(), *state);
    alarm(0);
    assert_int_equal(check_sentence("read", why), 0);
    assert_int_equal(check_sentence("read_own", own), 0);
}

static void only_own_files_are_read_as_such(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);
    const char *link = support_inside(folder, "link", *state);
    uid_t me = geteuid();
    auth0_span_t bytes;

    support_put_file(path, support_span("keys"));
    assert_int_equal(symlink(path, link), 0);
    assert_null(auth0_file_read_own(&bytes, path, 4, me, *state));
    assert_true(auth0_span_is(bytes, "keys"));
    assert_null(auth0_file_read(&bytes, link, 4, *state));
    const char *linked = auth0_file_read_own(&bytes, link, 4, me, *state);
    const char *alien = auth0_file_read_own(&bytes, path, 4, me + 1, *state);
    const char *large = auth0_file_read_own(&bytes, path, 3, me, *state);

    assert_int_equal(check_sentence("symbolic link", linked), 0);
    assert_int_equal(check_sentence("of another owner", alien), 0);
    assert_int_equal(check_sentence("too large", large), 0);
    assert_int_equal(bytes.len, 0);
}

static void a_file_given_away_is_no_longer_own(void **state)
{
    const char *path = support_inside(support_folder(*state), "file", *state);
    auth0_span_t bytes;

    if (geteuid() != 0) {
        skip();
    }
    support_put_file(path, support_span("keys"));
    assert_int_equal(chown(path, NOBODY, NOBODY), 0);
    assert_int_equal(
        check_sentence("given away",
                       auth0_file_read_own(&bytes, path, 4, 0, *state)),
        0);
    assert_null(auth0_file_read_own(&bytes, path, 4, NOBODY, *state));
}

static const char *own_folder(const char *path, bool is_swept, apr_pool_t *pool)
{
    return auth0_file_own_folder(path, geteuid(), getegid(), is_swept, pool);
}

static unsigned check_exists(const char *folder, const char *name, bool wanted,
                             apr_pool_t *pool)
{
    const char *path = support_inside(folder, name, pool);

    return support_equal(name, access(path, F_OK) == 0, wanted);
}

static void only_what_was_left_behind_is_swept(void **state)
{
    static const char *const kept[] = {"file",         "a.keys", "a.part.keys",
                                       "a.keys.parts", "a.part", "a.keys.PART"};
    static const char *const swept[] = {"b.keys.1.part", "a.keys.123.part"};
    const char *folder = support_folder(*state);
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(kept); i++) {
        support_put_file(support_inside(folder, kept[i], *state),
                         support_span("x"));
    }
    for (size_t i = 0; i < COUNT(swept); i++) {
        support_put_file(support_inside(folder, swept[i], *state),
                         support_span("x"));
    }
    assert_null(own_folder(folder, false, *state));
    for (size_t i = 0; i < COUNT(swept); i++) {
        bad += check_exists(folder, swept[i], true, *state);
    }
    assert_null(own_folder(folder, true, *state));
    for (size_t i = 0; i < COUNT(kept); i++) {
        bad += check_exists(folder, kept[i], true, *state);
    }
    for (size_t i = 0; i < COUNT(swept); i++) {
        bad += check_exists(folder, swept[i], false, *state);
    }
    assert_int_equal(bad, 0);
}

static bool is_owned(const char *path, uid_t owner, gid_t group)
{
    struct stat info;

    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode) &&
           (info.st_mode & 07777) == 0700 && info.st_uid == owner &&
           info.st_gid == group;
}

static void an_own_folder_is_made_and_mended(void **state)
{
    const char *path = support_inside(support_folder(*state), "own", *state);
    uid_t me = geteuid();
    gid_t us = getegid();
    mode_t mask = umask(0277);

    assert_null(own_folder(path, false, *state));
    umask(mask);
    assert_true(is_owned(path, me, us));
    assert_null(own_folder(path, false, *state));
    assert_int_equal(chmod(path, 06777), 0);
    support_put_file(support_inside(path, "file", *state),
                     support_span("keys"));
    assert_null(own_folder(path, false, *state));
    assert_true(is_owned(path, me, us));
    assert_true(holds(support_inside(path, "file", *state), "keys", *state));
}

static const char *given_folder(const char *path, uid_t owner, apr_pool_t *pool)
{
    return auth0_file_own_folder(path, owner, NOBODY, true, pool);
}

static void a_new_folder_is_given_to_its_owner(void **state)
{
    const char *path = support_inside(support_folder(*state), "own", *state);

    if (geteuid() != 0) {
        skip();
    }
    assert_null(given_folder(path, NOBODY, *state));
    assert_true(is_owned(path, NOBODY, NOBODY));
    assert_null(given_folder(path, NOBODY, *state));
}

/* Who is root gives away nothing that was there before. */
static void a_folder_of_somebody_else_is_left_alone(void **state)
{
    const char *path = support_inside(support_folder(*state), "own", *state);
    const char *leftover = support_inside(path, "a.keys.1.part", *state);
    struct stat info;

    if (geteuid() != 0) {
        skip();
    }
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(chmod(path, 0755), 0);
    support_put_file(leftover, support_span("x"));
    const char *why = given_folder(path, NOBODY, *state);

    assert_int_equal(check_sentence("of root", why), 0);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_uid, 0);
    assert_int_equal(info.st_mode & 07777, 0755);
    assert_int_equal(access(leftover, F_OK), 0);
}

typedef struct parent_row_t {
    const char *name;
    mode_t mode;
    uid_t owner;
    bool is_good;
} parent_row_t;

static const parent_row_t parent_rows[] = {
    {"of root alone", 0755, 0, true},          {"sticky", 01777, 0, true},
    {"for a group", 0775, 0, false},           {"for all", 0757, 0, false},
    {"of somebody else", 0755, NOBODY, false},
};

static void root_makes_no_folder_where_others_may_write(void **state)
{
    unsigned bad = 0;

    if (geteuid() != 0) {
        skip();
    }
    for (size_t i = 0; i < COUNT(parent_rows); i++) {
        const parent_row_t *row = &parent_rows[i];
        const char *parent = support_folder(*state);
        const char *path = support_inside(parent, "own", *state);
        assert_int_equal(chown(parent, row->owner, 0), 0);
        assert_int_equal(chmod(parent, row->mode), 0);
        const char *why = given_folder(path, NOBODY, *state);
        bad += support_equal(row->name, why == NULL, row->is_good);
        bad += check_exists(parent, "own", row->is_good, *state);
    }
    assert_int_equal(bad, 0);
}

static unsigned check_no_folder(const char *row, const char *path,
                                apr_pool_t *pool)
{
    return check_sentence(row, own_folder(path, true, pool));
}

static void what_is_no_folder_is_refused(void **state)
{
    const char *folder = support_folder(*state);
    const char *file = support_inside(folder, "file", *state);
    const char *other = support_inside(folder, "other", *state);
    const char *link = support_inside(folder, "link", *state);
    const char *loose = support_inside(folder, "loose", *state);
    struct stat info;

    support_put_file(file, support_span("keys"));
    assert_int_equal(mkdir(other, 0755), 0);
    assert_int_equal(chmod(other, 0755), 0);
    assert_int_equal(symlink(other, link), 0);
    assert_int_equal(symlink("nowhere", loose), 0);
    unsigned bad =
        check_no_folder("a file", file, *state) +
        check_no_folder("a symbolic link", link, *state) +
        check_no_folder("a loose link", loose, *state) +
        check_no_folder("below a file", support_inside(file, "own", *state),
                        *state) +
        check_no_folder("without a parent",
                        support_inside(folder, "a/b", *state), *state);

    assert_int_equal(bad, 0);
    assert_true(holds(file, "keys", *state));
    assert_int_equal(stat(other, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0755);
}

static void set_changed(const char *path, time_t seconds)
{
    const struct timespec times[2] = {{seconds, 123456789},
                                      {seconds, 123456789}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void a_stamp_tells_that_a_file_has_changed(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);
    auth0_file_stamp_t none = auth0_file_stamp(path);

    assert_int_equal(none.changed, 0);
    assert_int_equal(none.bytes, 0);
    assert_int_equal(none.number, 0);
    support_put_file(path, support_span("keys"));
    set_changed(path, SUPPORT_NOW_S);
    auth0_file_stamp_t first = auth0_file_stamp(path);

    assert_int_equal(first.changed, SUPPORT_NOW + 123456);
    assert_int_equal(first.bytes, 4);
    assert_false(auth0_file_stamp_same(first, none));
    assert_true(auth0_file_stamp_same(first, auth0_file_stamp(path)));
    support_put_file(path, support_span("keys2"));
    set_changed(path, SUPPORT_NOW_S);
    assert_false(auth0_file_stamp_same(first, auth0_file_stamp(path)));
    support_put_file(path, support_span("kids"));
    set_changed(path, SUPPORT_NOW_S + 1);
    assert_false(auth0_file_stamp_same(first, auth0_file_stamp(path)));
    assert_int_equal(unlink(path), 0);
    assert_true(auth0_file_stamp_same(none, auth0_file_stamp(path)));
}

/* Written over in place, with the size and the time of the former bytes. */
static void a_stamp_is_not_fooled_by_a_time_set_back(void **state)
{
    const char *path = support_inside(support_folder(*state), "file", *state);

    support_put_file(path, support_span("keys"));
    set_changed(path, SUPPORT_NOW_S);
    auth0_file_stamp_t first = auth0_file_stamp(path);

    usleep(20000);
    support_put_file(path, support_span("kids"));
    set_changed(path, SUPPORT_NOW_S);
    assert_false(auth0_file_stamp_same(first, auth0_file_stamp(path)));
}

static void a_touch_follows_no_link(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);
    const char *link = support_inside(folder, "link", *state);

    support_put_file(path, support_span("keys"));
    set_changed(path, SUPPORT_NOW_S);
    assert_int_equal(symlink(path, link), 0);
    assert_null(auth0_file_touch(link, *state));
    assert_int_equal(auth0_file_stamp(path).changed, SUPPORT_NOW + 123456);
}

static long open_files(void)
{
    long count = 0;

    for (int fd = 0; fd < 1024; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return count;
}

static void no_descriptor_is_left(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);
    long before = open_files();
    auth0_span_t bytes;

    support_put_file(path, support_span("keys"));
    for (int i = 0; i < 20; i++) {
        assert_null(auth0_file_read(&bytes, path, 4, *state));
        assert_non_null(auth0_file_read(&bytes, path, 3, *state));
        assert_non_null(auth0_file_read(&bytes, folder, 3, *state));
        assert_null(
            auth0_file_replace(path, support_span("keys"), 0600, *state));
        assert_null(own_folder(folder, true, *state));
        assert_non_null(own_folder(path, true, *state));
        assert_non_null(
            own_folder(support_inside(path, "x", *state), true, *state));
    }
    assert_int_equal(open_files(), before);
}

/* Put in place by a rename, with the size and the time of the former one. */
static void a_stamp_tells_files_apart_that_look_alike(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);
    const char *other = support_inside(folder, "other", *state);

    support_put_file(path, support_span("keys"));
    support_put_file(other, support_span("kids"));
    set_changed(path, SUPPORT_NOW_S);
    set_changed(other, SUPPORT_NOW_S);
    auth0_file_stamp_t former = auth0_file_stamp(path);

    assert_int_equal(rename(other, path), 0);
    assert_false(auth0_file_stamp_same(former, auth0_file_stamp(path)));
}

static void a_touched_file_is_as_of_now(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);
    apr_time_t begin = apr_time_now();

    support_put_file(path, support_span("keys"));
    set_changed(path, 1000000000);
    auth0_file_stamp_t before = auth0_file_stamp(path);

    assert_null(auth0_file_touch(path, *state));
    auth0_file_stamp_t after = auth0_file_stamp(path);

    assert_false(auth0_file_stamp_same(before, after));
    assert_int_equal(after.bytes, before.bytes);
    assert_int_equal(after.number, before.number);
    assert_true(after.changed > begin - apr_time_from_sec(2));
    assert_true(after.changed < begin + apr_time_from_sec(60));
    assert_true(holds(path, "keys", *state));
    const char *why =
        auth0_file_touch(support_inside(folder, "missing", *state), *state);

    assert_int_equal(check_sentence("missing", why), 0);
    assert_int_equal(access(support_inside(folder, "missing", *state), F_OK),
                     -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_file_is_read_whole_or_not_at_all),
        SUPPORT_TEST(bytes_are_read_as_they_are),
        SUPPORT_TEST(a_pipe_delays_nobody),
        SUPPORT_TEST(only_own_files_are_read_as_such),
        SUPPORT_TEST(a_file_given_away_is_no_longer_own),
        SUPPORT_TEST(only_what_was_left_behind_is_swept),
        SUPPORT_TEST(an_own_folder_is_made_and_mended),
        SUPPORT_TEST(a_new_folder_is_given_to_its_owner),
        SUPPORT_TEST(a_folder_of_somebody_else_is_left_alone),
        SUPPORT_TEST(root_makes_no_folder_where_others_may_write),
        SUPPORT_TEST(what_is_no_folder_is_refused),
        SUPPORT_TEST(a_stamp_tells_that_a_file_has_changed),
        SUPPORT_TEST(a_stamp_tells_files_apart_that_look_alike),
        SUPPORT_TEST(a_stamp_is_not_fooled_by_a_time_set_back),
        SUPPORT_TEST(a_touch_follows_no_link),
        SUPPORT_TEST(no_descriptor_is_left),
        SUPPORT_TEST(a_touched_file_is_as_of_now),
    };
    return SUPPORT_RUN(tests);
}
