/* Files and directories: read, replaced whole, kept for one run. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/cli.h"

/* How many bytes to make room for: one more than there are, which tells the end; where that is not known, a few. */
static size_t room_for(FILE *file)
{
    struct stat about;
    size_t few = 65536;
    if (fstat(fileno(file), &about) != 0 || about.st_size < 0 || (uint64_t)about.st_size > SIZE_MAX / 2)
        return few;
    return (size_t)about.st_size < few ? few : (size_t)about.st_size + 1;
}

enum hc_status hc_file_slurp(const char *path, struct hc_arena *arena, struct hc_str *bytes, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    FILE *file = fopen(path, "rb");
    size_t n = 0, capacity = 0;
    char *p = NULL;

    if (!file)
        return hc_err_set(err, HC_FAIL, "file-unreadable", "cannot be read: %s", strerror(errno));
    for (;;) {
        char *grown = hc_arena_grow(arena, p, n, n > 0 ? n + 1 : room_for(file), &capacity, 1);
        if (!grown) {
            status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to read %s", path);
            goto done;
        }
        p = grown;
        size_t got = fread(p + n, 1, capacity - n, file);
        if (got == 0)
            break;
        n += got;
    }
    if (ferror(file))
        status = hc_err_set(err, HC_FAIL, "file-unreadable", "cannot be read: %s", strerror(errno));
    *bytes = (struct hc_str){p, n};
done:
    fclose(file);
    return status;
}

static enum hc_status unwritable(const char *path, struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, errno == ENOSPC ? "disk-full" : "file-unwritable", "%s: %s", path,
                      strerror(errno));
}

/* A file being written is `.hindcast-PID-N.new` beside the one it will replace. Its writer holds a lock on it: one that can
 * be locked was left by a writer that is gone. */
#define TEMPORARY ".hindcast-"
#define TEMPORARY_ENDING ".new"

/* Opens a file that no other run writes, beside `path`, and says its name. -1: errno says why. */
static int open_temporary(const char *path, struct hc_buf *name)
{
    const char *slash = strrchr(path, '/');
    struct stat there;
    for (unsigned n = 0;; n++) {
        hc_buf_clear(name);
        hc_buf_format(name, "%.*s" TEMPORARY "%ld-%u" TEMPORARY_ENDING, slash ? (int)(slash + 1 - path) : 0, path,
                      (long)getpid(), n);
        hc_buf_char(name, '\0');
        errno = ENOMEM;
        const int fd = name->failed ? -1 : open(name->p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno == EEXIST)
            continue;
        /* between open and lock it may have been taken for left over, and removed */
        if (fd < 0 || flock(fd, LOCK_EX) != 0 || fstat(fd, &there) != 0 || there.st_nlink > 0)
            return fd;
        close(fd);
    }
}

enum hc_status hc_file_write(const char *path, struct hc_str bytes, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct hc_buf temporary = {0};
    const int lock = open_temporary(path, &temporary);
    const int fd = lock >= 0 ? dup(lock) : -1; /* closed, which may fail, before the file gets its name */
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    bool written = file && (!bytes.n || fwrite(bytes.p, 1, bytes.n, file) == bytes.n) && fflush(file) == 0;
    if (!written)
        status = unwritable(path, err);
    if (file ? fclose(file) != 0 : fd >= 0 && close(fd) != 0)
        written = false;
    if (status == HC_OK && (!written || rename(temporary.p, path) != 0))
        status = unwritable(path, err);
    if (status != HC_OK && lock >= 0)
        remove(temporary.p);
    if (lock >= 0)
        close(lock);
    hc_buf_free(&temporary);
    return status;
}

static bool is_temporary(const char *name)
{
    unsigned long pid, n;
    int used = 0;
    return sscanf(name, TEMPORARY "%lu-%lu" TEMPORARY_ENDING "%n", &pid, &n, &used) == 2 && used > 0 && !name[used];
}

/* Is it still what goes by the name? Another write may have it by now. */
static bool is_still(int directory, const char *name, int fd)
{
    struct stat there, opened;
    return fstatat(directory, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &opened) == 0 &&
           there.st_ino == opened.st_ino && there.st_dev == opened.st_dev;
}

void hc_directory_tidy(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    while (directory && (entry = readdir(directory)) != NULL) {
        const int fd = is_temporary(entry->d_name)
                           ? openat(dirfd(directory), entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
                           : -1;
        if (fd < 0)
            continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_still(dirfd(directory), entry->d_name, fd))
            unlinkat(dirfd(directory), entry->d_name, 0);
        close(fd);
    }
    if (directory)
        closedir(directory);
}

enum hc_status hc_directory_lock(int *lock, const char *path, struct hc_err *err)
{
    *lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0)
        return unwritable(path, err);
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return HC_OK; /* a file system without locks cannot tell */
    close(*lock);
    *lock = -1;
    return hc_err_set(err, HC_FATAL, "site-locked", "%s: another run writes a site there", path);
}

enum hc_status hc_directory_make(const char *path, struct hc_err *err)
{
    struct stat info;
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode)))
        return HC_OK;
    return unwritable(path, err);
}
