/* A directory tree: nothing outside is reached, whatever is swapped for a link while it is read. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ingest/container/reader.h"

struct tree_walk {
    struct hc_tree *tree;
    struct hc_arena *arena;
    struct hc_str *directories; /* still to list */
    size_t n, capacity;
};

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
}

/* Opens a path below the root, component by component, following no link. */
static int open_below(int root, struct hc_str path, int flags)
{
    char part[256];
    int at = root;

    while (path.n) {
        const char *slash = memchr(path.p, '/', path.n);
        size_t n = slash ? (size_t)(slash - path.p) : path.n;
        int next;

        if (n >= sizeof part) {
            errno = ENAMETOOLONG;
            next = -1;
        } else {
            memcpy(part, path.p, n);
            part[n] = '\0';
            next = openat(at, part, (slash ? O_PATH | O_DIRECTORY : flags) | O_NOFOLLOW | O_CLOEXEC);
        }
        if (at != root)
            close(at);
        if (next < 0)
            return -1;
        at = next;
        path.p += n + (slash ? 1 : 0);
        path.n -= n + (slash ? 1 : 0);
    }
    return at == root ? openat(root, ".", flags | O_CLOEXEC) : at;
}

static const char *kind_refused(unsigned mode, const char **text)
{
    if (S_ISLNK(mode)) {
        *text = "a symbolic link";
        return "member-link";
    }
    if (!S_ISREG(mode)) {
        *text = "a device, FIFO or socket";
        return "member-device";
    }
    return NULL;
}

static enum hc_status add_entry(struct tree_walk *walk, struct hc_tree_entry entry, struct hc_err *err)
{
    struct hc_tree *tree = walk->tree;
    void *grown = hc_arena_grow(walk->arena, tree->entries, tree->n_entries, tree->n_entries + 1, &tree->capacity,
                                sizeof *tree->entries);

    if (!grown)
        return no_memory(err);
    tree->entries = grown;
    tree->entries[tree->n_entries++] = entry;
    return hc_meter_member(tree->meter, err);
}

static enum hc_status add_directory(struct tree_walk *walk, struct hc_str path, struct hc_err *err)
{
    void *grown =
        hc_arena_grow(walk->arena, walk->directories, walk->n, walk->n + 1, &walk->capacity, sizeof *walk->directories);

    if (!grown)
        return no_memory(err);
    walk->directories = grown;
    walk->directories[walk->n++] = path;
    return HC_OK;
}

static enum hc_status look_at(struct tree_walk *walk, DIR *dir, struct hc_str parent, const char *name,
                              struct hc_err *err)
{
    struct hc_tree_entry entry = {.code = NULL};
    struct stat info;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return HC_OK;
    entry.path = parent.n ? hc_str_format(walk->arena, "%.*s/%s", HC_STR_ARG(parent), name)
                          : hc_str_copy(walk->arena, hc_str_of(name));
    if (!entry.path.p)
        return no_memory(err);
    if (fstatat(dirfd(dir), name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        entry.code = "member-unreadable";
        entry.text = "cannot be read";
        return add_entry(walk, entry, err);
    }
    if (S_ISDIR(info.st_mode) && entry.path.n <= HC_NAME_BYTES) {
        enum hc_status status = hc_meter_member(walk->tree->meter, err);

        return status == HC_OK ? add_directory(walk, entry.path, err) : status;
    }
    entry.code = kind_refused(info.st_mode, &entry.text);
    return add_entry(walk, entry, err);
}

static enum hc_status list_directory(struct tree_walk *walk, struct hc_str path, struct hc_err *err)
{
    int fd = open_below(walk->tree->fd, path, O_RDONLY | O_DIRECTORY);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *item;
    enum hc_status status = HC_OK;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        if (errno == ENOMEM || errno == EMFILE || errno == ENFILE)
            return hc_err_set(err, HC_FATAL, "descriptors", "too many files are open");
        return add_entry(walk, (struct hc_tree_entry){path, "member-unreadable", "cannot be read"}, err);
    }
    while (status == HC_OK && (item = readdir(dir)) != NULL)
        status = look_at(walk, dir, path, item->d_name, err);
    closedir(dir);
    return status;
}

static int by_path(const void *a, const void *b)
{
    const struct hc_tree_entry *x = a, *y = b;

    return hc_str_compare(x->path, y->path);
}

static bool set_order(struct hc_tree *tree, struct hc_arena *arena)
{
    struct hc_str *paths = hc_arena_alloc(arena, tree->n_entries * sizeof *paths);

    if (tree->n_entries > 1)
        qsort(tree->entries, tree->n_entries, sizeof *tree->entries, by_path);
    for (size_t i = 0; paths && i < tree->n_entries; i++)
        paths[i] = tree->entries[i].path;
    tree->order = paths ? hc_member_order(paths, tree->n_entries, arena) : NULL;
    return tree->order != NULL;
}

enum hc_status hc_tree_open(struct hc_tree *tree, int fd, struct hc_arena *arena, struct hc_err *err)
{
    struct tree_walk walk = {.tree = tree, .arena = arena};
    enum hc_status status;

    tree->fd = fd;
    tree->entries = NULL;
    tree->n_entries = tree->capacity = tree->next = 0;
    status = add_directory(&walk, HC_STR(""), err);
    while (status == HC_OK && walk.n)
        status = list_directory(&walk, walk.directories[--walk.n], err);
    if (status == HC_OK && !set_order(tree, arena))
        status = no_memory(err);
    return status;
}

static enum hc_status read_file(struct hc_tree *tree, int fd, const struct stat *info, struct hc_raw *raw,
                                struct hc_err *err)
{
    struct hc_block *bytes = tree->bytes;
    size_t n = (size_t)info->st_size;

    bytes->n = 0;
    if (!hc_block_reserve(bytes, n + 1))
        return no_memory(err);
    while (bytes->n <= n) { /* one more than it said: it must not have grown */
        ssize_t got = read(fd, bytes->p + bytes->n, n + 1 - bytes->n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            raw->code = "member-unreadable";
            raw->text = "cannot be read";
            return HC_OK;
        }
        if (got == 0)
            break;
        bytes->n += (size_t)got;
    }
    if (bytes->n != n)
        return hc_err_set(err, HC_FAIL, "source-changed", "a file was written to while it was read");
    raw->bytes = (struct hc_str){bytes->p, n};
    tree->meter->n_packed += n;
    return hc_meter_bytes(tree->meter, n, err);
}

static void close_large(struct hc_tree *tree)
{
    if (tree->large_fd >= 0)
        close(tree->large_fd);
    tree->large_fd = -1;
    tree->n_large = 0;
}

enum hc_status hc_tree_piece(void *context, struct hc_str *piece, struct hc_err *err)
{
    struct hc_tree *tree = context;
    struct hc_block *bytes = tree->bytes;
    ssize_t got;

    bytes->n = 0;
    if (!hc_block_reserve(bytes, HC_FLOW_BYTES))
        return no_memory(err);
    do
        got = read(tree->large_fd, bytes->p, HC_FLOW_BYTES);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return hc_err_set(err, HC_SKIP, "member-unreadable", "cannot be read");
    if ((uint64_t)got > tree->n_large || (got == 0 && tree->n_large > 0))
        return hc_err_set(err, HC_FAIL, "source-changed", "a file was written to while it was read");
    if (got == 0)
        return HC_END;
    tree->n_large -= (uint64_t)got;
    tree->meter->n_packed += (uint64_t)got;
    *piece = (struct hc_str){bytes->p, (size_t)got};
    return hc_meter_bytes(tree->meter, (uint64_t)got, err);
}

static enum hc_status read_entry(struct hc_tree *tree, const struct hc_tree_entry *entry, struct hc_raw *raw,
                                 struct hc_err *err)
{
    int fd = open_below(tree->fd, entry->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    enum hc_status status = HC_OK;

    if (fd < 0 && (errno == EMFILE || errno == ENFILE))
        return hc_err_set(err, HC_FATAL, "descriptors", "too many files are open");
    if (fd < 0 || fstat(fd, &info) != 0) {
        raw->code = "member-unreadable";
        raw->text = "cannot be read";
        goto done;
    }
    raw->code = kind_refused(info.st_mode, &raw->text);
    if (!raw->code && (uint64_t)info.st_size > tree->meter->limits.member_bytes) {
        raw->code = "limit-member-bytes";
        raw->text = "larger than the limit for one file";
    }
    if (!raw->code && (uint64_t)info.st_size > tree->meter->limits.whole_bytes) {
        raw->n_large = tree->n_large = (uint64_t)info.st_size;
        tree->large_fd = fd;
        return HC_OK;
    }
    if (!raw->code)
        status = read_file(tree, fd, &info, raw, err);
done:
    if (fd >= 0)
        close(fd);
    return status;
}

enum hc_status hc_tree_next(struct hc_tree *tree, struct hc_raw *raw, struct hc_err *err)
{
    const struct hc_tree_entry *entry;

    close_large(tree);
    *raw = (struct hc_raw){.bytes = HC_STR("")};
    if (tree->next == tree->n_entries)
        return HC_END;
    entry = &tree->entries[tree->order[tree->next++]];
    raw->name = entry->path;
    raw->code = entry->code;
    raw->text = entry->text;
    return raw->code ? HC_OK : read_entry(tree, entry, raw, err);
}

void hc_tree_close(struct hc_tree *tree)
{
    close_large(tree);
    if (tree->fd >= 0)
        close(tree->fd);
    tree->fd = -1;
    tree->entries = NULL;
    tree->n_entries = tree->next = 0;
}
