#include "ingest/container/input.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static enum hc_status unreadable(int error, struct hc_err *err)
{
    if (error == ENOMEM)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
    if (error == EMFILE || error == ENFILE)
        return hc_err_set(err, HC_FATAL, "descriptors", "too many files are open");
    if (error == ENOENT || error == ENOTDIR)
        return hc_err_set(err, HC_FAIL, "source-missing", "there is no such file");
    if (error == ELOOP)
        return hc_err_set(err, HC_FAIL, "source-type", "a symbolic link is not followed here");
    return hc_err_set(err, HC_FAIL, "source-unreadable", "cannot be read (error %d)", error);
}

static enum hc_status read_fully(int fd, uint64_t offset, size_t n, char *out, struct hc_err *err)
{
    while (n) {
        ssize_t got = pread(fd, out, n, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return unreadable(errno, err);
        if (got == 0)
            return hc_err_set(err, HC_FAIL, "source-changed", "the file became shorter while it was read");
        offset += (uint64_t)got;
        out += got;
        n -= (size_t)got;
    }
    return HC_OK;
}

enum hc_status hc_input_open(struct hc_input *input, const char *path, int *directory, struct hc_err *err)
{
    enum hc_status status;

    hc_input_close(input);
    /* A FIFO must not hold the run up, a terminal must not become ours. */
    input->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (directory)
        *directory = -1;
    if (input->fd < 0 || fstat(input->fd, &input->at_open) != 0) {
        status = unreadable(errno, err);
        goto done;
    }
    if (directory && S_ISDIR(input->at_open.st_mode)) {
        *directory = input->fd;
        input->fd = -1;
        status = HC_OK;
        goto done;
    }
    if (!S_ISREG(input->at_open.st_mode)) {
        status = hc_err_set(err, HC_FAIL, "source-type", "neither a regular file nor a directory");
        goto done;
    }
    input->n_bytes = (uint64_t)input->at_open.st_size;
    input->memory.n = 0;
    status = HC_OK;
    if (input->n_bytes > HC_INPUT_WHOLE_BYTES)
        goto done;
    if (!hc_block_reserve(&input->memory, (size_t)input->n_bytes + 1)) {
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
        goto done;
    }
    status = read_fully(input->fd, 0, (size_t)input->n_bytes, input->memory.p, err);
    input->memory.n = (size_t)input->n_bytes;
    input->in_memory = status == HC_OK;
done:
    if (status != HC_OK)
        hc_input_close(input);
    return status;
}

void hc_input_close(struct hc_input *input)
{
    if (input->fd >= 0)
        close(input->fd);
    input->fd = -1;
    input->in_memory = false;
    input->n_bytes = 0;
    hc_block_trim(&input->memory);
}

enum hc_status hc_input_at(struct hc_input *input, uint64_t offset, size_t n, struct hc_block *scratch,
                           struct hc_str *bytes, struct hc_err *err)
{
    enum hc_status status;

    if (offset > input->n_bytes || n > input->n_bytes - offset)
        return hc_err_set(err, HC_FAIL, "archive-truncated", "the archive ends too early");
    if (input->in_memory) {
        *bytes = (struct hc_str){input->memory.p + offset, n};
        return HC_OK;
    }
    scratch->n = 0;
    if (!hc_block_reserve(scratch, n ? n : 1))
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
    status = read_fully(input->fd, offset, n, scratch->p, err);
    scratch->n = status == HC_OK ? n : 0;
    *bytes = (struct hc_str){scratch->p, scratch->n};
    return status;
}

enum hc_status hc_input_digest(struct hc_input *input, struct hc_sha256 *digest, struct hc_block *scratch,
                               uint8_t sha256[HC_SHA256_BYTES], struct hc_err *err)
{
    uint64_t offset = 0;

    while (offset < input->n_bytes) {
        uint64_t left = input->n_bytes - offset;
        size_t n = left < HC_FLOW_BYTES ? (size_t)left : HC_FLOW_BYTES;
        struct hc_str bytes = HC_STR_NONE;
        enum hc_status status = hc_input_at(input, offset, n, scratch, &bytes, err);

        if (status != HC_OK) {
            hc_sha256_finish(digest, sha256); /* starts anew for the next */
            return status;
        }
        hc_sha256_add(digest, bytes.p, bytes.n);
        offset += n;
    }
    hc_sha256_finish(digest, sha256);
    return HC_OK;
}

enum hc_status hc_input_settled(const struct hc_input *input, struct hc_err *err)
{
    const struct stat *was = &input->at_open;
    struct stat now;

    if (fstat(input->fd, &now) != 0)
        return unreadable(errno, err);
    if (now.st_size != was->st_size || now.st_mtim.tv_sec != was->st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != was->st_mtim.tv_nsec)
        return hc_err_set(err, HC_FAIL, "source-changed", "the file was written to while it was read");
    return HC_OK;
}

bool hc_input_being_written(int fd)
{
    /* A read lease is refused while a writer has the file. Were one to come before the lease is given back,
     * the kernel would send this signal, which is ignored by default; SIGIO would end the run. */
    if (fcntl(fd, F_SETSIG, SIGURG) != 0)
        return false;
    if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
        return errno == EAGAIN;
    fcntl(fd, F_SETLEASE, F_UNLCK);
    return false;
}

enum hc_status hc_input_piece(void *reader, struct hc_str *piece, struct hc_err *err)
{
    struct hc_input_pieces *pieces = reader;
    uint64_t left = pieces->input->n_bytes - pieces->at;
    size_t n = left < HC_FLOW_BYTES ? (size_t)left : HC_FLOW_BYTES;
    enum hc_status status = n > 0 ? hc_input_at(pieces->input, pieces->at, n, pieces->scratch, piece, err) : HC_END;

    pieces->at += n;
    return status;
}
