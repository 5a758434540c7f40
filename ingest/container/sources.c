/* What the paths given by the user hold. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/container/container.h"
#include "ingest/container/reader.h"
#include "ingest/record/record.h"

#define MAGIC_BYTES ((size_t)512)     /* tell an archive */
#define HEAD_BYTES ((size_t)64 << 10) /* tell a record */
#define FILES_AT_ONCE 16              /* that a thread examines */

/* A regular file of an inbox, and what it turned out to be. */
struct candidate {
    struct hc_str path;
    const char *name; /* the end of the path */
    uint64_t n_bytes;
    enum { UNREADABLE, NO_DESCRIPTORS, GROWING, OF_USE, LONE } verdict;
};

struct search {
    struct hc_arena *arena;
    const struct hc_mapping *mapping;
    int n_threads;
    struct hc_warnings *warnings;
    struct hc_source_path *found;
    size_t n, capacity;
    struct candidate *files; /* of the inbox that is looked into */
    size_t n_files, files_capacity;
    struct inbox *inboxes; /* still to look into */
    size_t n_inboxes, inboxes_capacity;
    struct hc_err *err;
};

struct inbox {
    struct hc_str path;
    unsigned depth;
};

static enum hc_status no_memory(struct search *s)
{
    return hc_err_set(s->err, HC_FATAL, "out-of-memory", "out of memory while looking for sources");
}

static enum hc_status add_source(struct search *s, struct hc_str path, uint64_t n_bytes)
{
    void *grown = hc_arena_grow(s->arena, s->found, s->n, s->n + 1, &s->capacity, sizeof *s->found);

    if (!grown)
        return no_memory(s);
    s->found = grown;
    s->found[s->n++] = (struct hc_source_path){path, n_bytes};
    return HC_OK;
}

static enum hc_status add_inbox(struct search *s, struct hc_str path, unsigned depth)
{
    void *grown;

    if (depth > HC_INBOX_DEPTH) {
        hc_warnings_add(s->warnings, "inbox-depth", path, 0, "directories nested deeper than %d are left out",
                        HC_INBOX_DEPTH);
        return HC_OK;
    }
    grown =
        hc_arena_grow(s->arena, s->inboxes, s->n_inboxes, s->n_inboxes + 1, &s->inboxes_capacity, sizeof *s->inboxes);
    if (!grown)
        return no_memory(s);
    s->inboxes = grown;
    s->inboxes[s->n_inboxes++] = (struct inbox){path, depth};
    return HC_OK;
}

/* Bytes of the files directly in a directory and below, for the plan only: what cannot be read counts nothing. */
static uint64_t tree_bytes(int parent, const char *name, unsigned depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 && depth <= HC_INBOX_DEPTH ? fdopendir(fd) : NULL;
    struct dirent *item;
    uint64_t n = 0;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return 0;
    }
    while ((item = readdir(dir)) != NULL) {
        struct stat info;

        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
            continue;
        if (fstatat(dirfd(dir), item->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISREG(info.st_mode))
            n += (uint64_t)info.st_size;
        else if (S_ISDIR(info.st_mode))
            n += tree_bytes(dirfd(dir), item->d_name, depth + 1);
    }
    closedir(dir);
    return n;
}

/* A directory: a bundle, or an inbox to look into. `at` and `name` lead to it. */
static enum hc_status add_directory(struct search *s, int at, const char *name, struct hc_str path, unsigned depth,
                                    int link_flag)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | link_flag);
    struct stat info;
    bool is_bundle;

    if (fd < 0 && (errno == EMFILE || errno == ENFILE))
        return hc_err_set(s->err, HC_FATAL, "descriptors", "too many files are open");
    if (fd < 0) {
        hc_warnings_add(s->warnings, "inbox-unreadable", path, 0, "cannot be read");
        return HC_OK;
    }
    is_bundle = fstatat(fd, "incident.xml", &info, AT_SYMLINK_NOFOLLOW) == 0;
    close(fd);
    return is_bundle ? add_source(s, path, tree_bytes(at, name, 0)) : add_inbox(s, path, depth);
}

static struct hc_str read_head(int fd, char *head, size_t most)
{
    ssize_t n = pread(fd, head, most, 0);

    return (struct hc_str){head, n > 0 ? (size_t)n : 0};
}

/* An archive, or a record of another tool. */
static bool is_of_use(int fd, const struct hc_mapping *mapping)
{
    char head[HEAD_BYTES];

    return hc_archive_magic(read_head(fd, head, MAGIC_BYTES)) != NULL ||
           hc_record_recognises(read_head(fd, head, HEAD_BYTES), mapping);
}

/* `at`: the inbox. */
static void examine(struct candidate *file, int at, const struct hc_mapping *mapping)
{
    int fd = openat(at, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat info;

    file->verdict = fd < 0 && (errno == EMFILE || errno == ENFILE) ? NO_DESCRIPTORS : UNREADABLE;
    if (fd < 0)
        return;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        file->n_bytes = (uint64_t)info.st_size;
        file->verdict = hc_input_being_written(fd) ? GROWING : is_of_use(fd, mapping) ? OF_USE : LONE;
    }
    close(fd);
}

static enum hc_status take(struct search *s, const struct candidate *file, size_t *n_lone)
{
    switch (file->verdict) {
    case UNREADABLE:
        hc_warnings_add(s->warnings, "inbox-unreadable", file->path, 0, "cannot be read");
        break;
    case NO_DESCRIPTORS:
        return hc_err_set(s->err, HC_FATAL, "descriptors", "too many files are open");
    case GROWING:
        hc_warnings_add(s->warnings, "inbox-growing", file->path, 0, "is still being written: left for the next run");
        break;
    case OF_USE:
        return add_source(s, file->path, file->n_bytes);
    case LONE:
        (*n_lone)++;
    }
    return HC_OK;
}

/* The regular files of an inbox: each is opened, which costs more than all else here. */
static enum hc_status take_files(struct search *s, int at, size_t *n_lone)
{
    enum hc_status status = HC_OK;

#pragma omp parallel for schedule(dynamic, FILES_AT_ONCE) num_threads(s->n_threads) if (s->n_files > FILES_AT_ONCE)
    for (size_t i = 0; i < s->n_files; i++)
        examine(&s->files[i], at, s->mapping);
    for (size_t i = 0; status == HC_OK && i < s->n_files; i++)
        status = take(s, &s->files[i], n_lone);
    s->n_files = 0;
    return status;
}

static enum hc_status add_candidate(struct search *s, struct hc_str path, size_t n_name)
{
    void *grown = hc_arena_grow(s->arena, s->files, s->n_files, s->n_files + 1, &s->files_capacity, sizeof *s->files);

    if (!grown)
        return no_memory(s);
    s->files = grown;
    s->files[s->n_files++] = (struct candidate){.path = path, .name = path.p + path.n - n_name};
    return HC_OK;
}

/* 0: cannot be told. Most file systems tell it with the name. */
static mode_t type_of(int at, const struct dirent *item)
{
    struct stat info;

    if (item->d_type != DT_UNKNOWN)
        return DTTOIF(item->d_type);
    return fstatat(at, item->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 ? info.st_mode & S_IFMT : 0;
}

static enum hc_status look_at(struct search *s, int at, const struct dirent *item, const struct inbox *inbox)
{
    const char *slash = inbox->path.p[inbox->path.n - 1] == '/' ? "" : "/", *name = item->d_name;
    struct hc_str path;
    mode_t type;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return HC_OK;
    path = hc_str_format(s->arena, "%.*s%s%s", HC_STR_ARG(inbox->path), slash, name);
    if (!path.p)
        return no_memory(s);
    type = type_of(at, item);
    if (type == 0)
        hc_warnings_add(s->warnings, "inbox-unreadable", path, 0, "cannot be read");
    else if (type == S_IFDIR)
        return add_directory(s, at, name, path, inbox->depth + 1, O_NOFOLLOW);
    else if (type == S_IFREG)
        return add_candidate(s, path, strlen(name));
    else
        hc_warnings_add(s->warnings, "inbox-type", path, 0, "%s: left out",
                        type == S_IFLNK ? "a symbolic link" : "a device, FIFO or socket");
    return HC_OK;
}

static enum hc_status look_into(struct search *s, struct inbox inbox)
{
    DIR *dir = opendir(inbox.path.p); /* copied with its NUL */
    struct dirent *item;
    size_t n_lone = 0;
    enum hc_status status = HC_OK;

    if (!dir && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
        return hc_err_set(s->err, HC_FATAL, "descriptors", "too many files are open");
    if (!dir) {
        hc_warnings_add(s->warnings, "inbox-unreadable", inbox.path, 0, "cannot be read");
        return HC_OK;
    }
    while (status == HC_OK && (item = readdir(dir)) != NULL)
        status = look_at(s, dirfd(dir), item, &inbox);
    if (status == HC_OK)
        status = take_files(s, dirfd(dir), &n_lone);
    closedir(dir);
    if (n_lone)
        hc_warnings_add(s->warnings, "inbox-lone-files", inbox.path, 0,
                        "%zu %s neither an archive, a record, nor in a directory with an incident.xml: left out",
                        n_lone, n_lone == 1 ? "file is" : "files are");
    return status;
}

/* A path as given: links are followed here, since the user named it. */
static enum hc_status look_at_given(struct search *s, const char *given)
{
    struct hc_str path = hc_str_copy(s->arena, hc_str_of(given));
    struct stat info;

    if (!path.p)
        return no_memory(s);
    while (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    path = hc_str_copy(s->arena, path);
    if (!path.p)
        return no_memory(s);
    if (stat(path.p, &info) == 0 && S_ISDIR(info.st_mode))
        return add_directory(s, AT_FDCWD, path.p, path, 0, 0);
    return add_source(s, path, stat(path.p, &info) == 0 ? (uint64_t)info.st_size : 0);
}

static int by_path(const void *a, const void *b)
{
    const struct hc_source_path *x = a, *y = b;

    return hc_str_compare(x->path, y->path);
}

enum hc_status hc_sources_find(struct hc_source_path **out, size_t *n, const char *const *paths, size_t n_paths,
                               const struct hc_sources_options *options, struct hc_warnings *warnings,
                               struct hc_err *err)
{
    struct search s = {.arena = warnings->arena,
                       .mapping = options->mapping,
                       .n_threads = (int)options->n_threads,
                       .warnings = warnings,
                       .err = err};
    enum hc_status status = HC_OK;
    size_t n_kept = 0;

    for (size_t i = 0; status == HC_OK && i < n_paths; i++)
        status = look_at_given(&s, paths[i]);
    while (status == HC_OK && s.n_inboxes)
        status = look_into(&s, s.inboxes[--s.n_inboxes]);
    if (status != HC_OK)
        return status;
    if (s.n)
        qsort(s.found, s.n, sizeof *s.found, by_path);
    for (size_t i = 0; i < s.n; i++)
        if (n_kept == 0 || !hc_str_equal(s.found[n_kept - 1].path, s.found[i].path))
            s.found[n_kept++] = s.found[i];
    hc_warnings_sort(warnings);
    *out = s.found;
    *n = n_kept;
    return HC_OK;
}
