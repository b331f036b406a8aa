/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "net/auth0_file.h"

/* Writing, and what is left of it when it fails or is killed. */

#define MAX ((size_t)64 * 1024)

static unsigned mode_of(const char *path)
{
    struct stat info;

    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & 07777;
}

static int count_entry(const char *path, const struct stat *info, int kind,
                       struct FTW *where)
{
    const char *end = path + strlen(path);

    (void)info;
    (void)kind;
    return where->level == 1 && end - path > 5 &&
                   strcmp(end - strlen(".part"), ".part") == 0
               ? 1
               : 0;
}

static bool has_part(const char *folder)
{
    return nftw(folder, count_entry, 16, FTW_PHYS) == 1;
}

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

static void a_file_is_replaced(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);

    assert_null(auth0_file_replace(path, support_span("new"), 0600, *state));
    assert_true(holds(path, "new", *state));
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(chmod(path, 0644), 0);
    assert_null(auth0_file_replace(path, support_span("newer"), 0600, *state));
    assert_true(holds(path, "newer", *state));
    assert_int_equal(mode_of(path), 0600);
    assert_null(auth0_file_replace(path, support_span(""), 0600, *state));
    assert_true(holds(path, "", *state));
    assert_false(has_part(folder));
}

static void a_link_is_replaced_and_not_followed(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "link", *state);
    const char *other = support_inside(folder, "other", *state);

    support_put_file(other, support_span("other"));
    assert_int_equal(symlink(other, path), 0);
    assert_null(auth0_file_replace(path, support_span("new"), 0600, *state));
    assert_true(holds(path, "new", *state));
    assert_true(holds(other, "other", *state));
}

static void a_file_has_the_mode_that_was_asked_for(void **state)
{
    static const mode_t modes[] = {0600, 0644, 0640, 0400};
    const char *path = support_inside(support_folder(*state), "file", *state);
    mode_t former = umask(077);
    unsigned wrong = 0;

    for (size_t i = 0; i < COUNT(modes); i++) {
        assert_null(
            auth0_file_replace(path, support_span("new"), modes[i], *state));
        wrong += support_equal("mode", mode_of(path), modes[i]);
    }
    (void)umask(former);
    assert_int_equal(wrong, 0);
}

/* Others may write to the folder: what they put there is not written to. */
static void what_is_in_the_way_is_left_alone(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);
    const char *other = support_inside(folder, "other", *state);
    const char *part =
        apr_psprintf(*state, "%s.%ld.part", path, (long)getpid());
    int (*const put[])(const char *, const char *) = {link, symlink};

    support_put_file(other, support_span("other"));
    for (size_t i = 0; i < COUNT(put); i++) {
        assert_int_equal(put[i](other, part), 0);
        assert_null(
            auth0_file_replace(path, support_span("new"), 0644, *state));
        assert_true(holds(path, "new", *state));
        assert_true(holds(other, "other", *state));
        assert_false(has_part(folder));
    }
}

static void what_cannot_be_replaced_is_told(void **state)
{
    const char *folder = support_folder(*state);
    const char *missing = support_inside(folder, "missing/file", *state);
    const char *taken = support_inside(folder, "taken", *state);
    auth0_span_t text = support_span("new");

    assert_int_equal(mkdir(taken, 0700), 0);
    assert_int_equal(
        check_sentence("no folder",
                       auth0_file_replace(missing, text, 0600, *state)),
        0);
    assert_int_equal(check_sentence("a folder", auth0_file_replace(
                                                    taken, text, 0600, *state)),
                     0);
    assert_false(has_part(folder));
}

static apr_status_t unmount(void *folder)
{
    (void)umount2(folder, MNT_DETACH);
    return APR_SUCCESS;
}

static void fill_disk(const char *folder, apr_pool_t *pool)
{
    static const char page[4096];
    int fd =
        open(support_inside(folder, "filler", pool), O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    while (write(fd, page, sizeof(page)) > 0) {
    }
    close(fd);
}

static void a_full_disk_leaves_the_former_file(void **state)
{
    const char *folder = support_folder(*state);
    const char *path = support_inside(folder, "file", *state);
    const char *former = support_repeat("a", 9000, *state);
    const char *newer = support_repeat("b", 20000, *state);

    if (geteuid() != 0 ||
        mount("none", folder, "tmpfs", 0, "size=64k,mode=0700") != 0) {
        skip();
    }
    apr_pool_cleanup_register(*state, folder, unmount, apr_pool_cleanup_null);
    assert_null(auth0_file_replace(path, support_span(former), 0600, *state));
    fill_disk(folder, *state);
    const char *why =
        auth0_file_replace(path, support_span(newer), 0600, *state);

    assert_int_equal(check_sentence("full", why), 0);
    assert_true(holds(path, former, *state));
    assert_false(has_part(folder));
    assert_int_equal(unlink(support_inside(folder, "filler", *state)), 0);
    assert_null(auth0_file_replace(path, support_span(newer), 0600, *state));
    assert_true(holds(path, newer, *state));
}

#define KILLS 200

typedef struct pair_t {
    const char *path;
    const char *texts[2];
} pair_t;

static pair_t make_pair(const char *folder, apr_pool_t *pool)
{
    return (pair_t){support_inside(folder, "x.keys", pool),
                    {support_repeat("a", 20 * 1024, pool),
                     support_repeat("b", 30 * 1024, pool)}};
}

/* Until it is killed, or left alone by a test program that was. */
static pid_t start_writer(const pair_t *pair, apr_pool_t *parent)
{
    pid_t program = getpid();
    pid_t child = fork();
    apr_pool_t *pool;

    if (child != 0) {
        assert_true(child > 0);
        return child;
    }
    for (unsigned i = 0; getppid() == program; i++) {
        if (apr_pool_create(&pool, parent) != APR_SUCCESS ||
            auth0_file_replace(pair->path, support_span(pair->texts[i % 2]),
                               0600, pool)) {
            break;
        }
        apr_pool_destroy(pool);
    }
    _exit(1);
}

/* True when it was killed, and had not ended by itself for a reason. */
static bool kill_writer(pid_t child)
{
    int status = 0;

    return kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child &&
           WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static bool is_whole(const pair_t *pair, apr_pool_t *parent)
{
    apr_pool_t *pool;
    auth0_span_t bytes;

    assert_int_equal(apr_pool_create(&pool, parent), APR_SUCCESS);
    bool whole = !auth0_file_read(&bytes, pair->path, MAX, pool) &&
                 (auth0_span_is(bytes, pair->texts[0]) ||
                  auth0_span_is(bytes, pair->texts[1]));

    apr_pool_destroy(pool);
    return whole;
}

static void a_killed_writer_leaves_a_whole_file(void **state)
{
    const char *folder = support_folder(*state);
    pair_t pair = make_pair(folder, *state);
    uint32_t random = 2463534242u;

    assert_null(auth0_file_replace(pair.path, support_span(pair.texts[0]), 0600,
                                   *state));
    for (int i = 0; i < KILLS; i++) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        pid_t child = start_writer(&pair, *state);
        usleep(random % 5001);
        assert_true(kill_writer(child));
        if (!is_whole(&pair, *state)) {
            fail_msg("kill %d: neither document", i);
        }
    }
    assert_true(has_part(folder));
    assert_null(
        auth0_file_own_folder(folder, geteuid(), getegid(), true, *state));
    assert_false(has_part(folder));
    assert_true(is_whole(&pair, *state));
}

static void a_reader_never_sees_a_mixture(void **state)
{
    pair_t pair = make_pair(support_folder(*state), *state);

    assert_null(auth0_file_replace(pair.path, support_span(pair.texts[0]), 0600,
                                   *state));
    pid_t child = start_writer(&pair, *state);
    bool whole = true;

    for (int i = 0; i < 2000 && whole; i++) {
        whole = is_whole(&pair, *state);
    }
    assert_true(kill_writer(child));
    assert_true(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_file_is_replaced),
        SUPPORT_TEST(a_link_is_replaced_and_not_followed),
        SUPPORT_TEST(a_file_has_the_mode_that_was_asked_for),
        SUPPORT_TEST(what_is_in_the_way_is_left_alone),
        SUPPORT_TEST(what_cannot_be_replaced_is_told),
        SUPPORT_TEST(a_full_disk_leaves_the_former_file),
        SUPPORT_TEST(a_killed_writer_leaves_a_whole_file),
        SUPPORT_TEST(a_reader_never_sees_a_mixture),
    };
    return SUPPORT_RUN(tests);
}
