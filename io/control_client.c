/* control_client.c - a command speaks to the running daemon; blocking, since a command does nothing
 * else meanwhile. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/control.h"
#include "io/control_frame.h"

enum {
    SILENCE_MAX_S = 600
}; /* an import of a large ledger takes its time, and answers at its end */

static enum err connect_to(const char *path, int *out, struct problem *problem)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval silence = {.tv_sec = SILENCE_MAX_S};
    if (strlen(path) > CONTROL_PATH_SIZE_MAX) {
        problem_set(problem, "%s: a socket's path has at most %d bytes", path,
                    CONTROL_PATH_SIZE_MAX);
        problem_remedy(problem, "use a directory with a shorter path, as in /var/lib/huoshui");
        return ERR_LIMIT;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 &&
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence)) == 0 &&
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof(silence)) == 0 &&
        connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0) {
        *out = descriptor;
        return OK;
    }
    int number = errno;
    if (descriptor >= 0)
        close(descriptor);
    problem_set(problem, "cannot reach %s: %s", path, strerror(number));
    problem_remedy(problem, "run it as the user of the running program");
    if (number == ENOENT || number == ECONNREFUSED)
        return ERR_NOT_FOUND;
    return number == EACCES || number == EPERM ? ERR_DENIED : ERR_IO;
}

/* false: the daemon no longer listens; it may have answered before. */
static bool send_all(int descriptor, struct bytes bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(descriptor, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes = bytes_of(bytes.data + sent, bytes.size - (size_t)sent);
    }
    return true;
}

static bool send_frame(int descriptor, enum control_kind kind, struct bytes payload)
{
    uint8_t head[CONTROL_HEAD_SIZE] = {(uint8_t)kind};
    u32_put(head + 1, (uint32_t)payload.size);
    return send_all(descriptor, bytes_of(head, sizeof(head))) && send_all(descriptor, payload);
}

static bool receive_all(int descriptor, uint8_t *out, size_t size)
{
    while (size > 0) {
        ssize_t got = recv(descriptor, out, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        out += got;
        size -= (size_t)got;
    }
    return true;
}

static enum err receive_into(int descriptor, struct buffer *out, size_t size)
{
    if (size > CONTROL_PART_SIZE_MAX || out->size > CONTROL_ANSWER_SIZE_MAX)
        return ERR_MALFORMED;
    return receive_all(descriptor, buffer_extend(out, size), size) ? OK : ERR_IO;
}

static enum err receive_answer(int descriptor, struct control_answer *answer)
{
    for (;;) {
        uint8_t head[CONTROL_HEAD_SIZE], status[4];
        enum err err = OK;
        if (!receive_all(descriptor, head, sizeof(head)))
            return ERR_IO;
        size_t size = u32_get(head + 1);
        switch (head[0]) {
        case CONTROL_OUT:
            err = receive_into(descriptor, answer->out, size);
            break;
        case CONTROL_ERROR:
            err = receive_into(descriptor, answer->error, size);
            break;
        case CONTROL_STATUS:
            if (size != sizeof(status) || !receive_all(descriptor, status, sizeof(status)))
                return ERR_IO;
            answer->status = (int)u32_get(status);
            return OK;
        default:
            return ERR_MALFORMED;
        }
        if (err != OK)
            return err;
    }
}

static enum err check_request(const struct control_request *request, struct problem *problem)
{
    size_t size = 0;
    for (size_t i = 0; i < request->argument_count && i < CONTROL_ARGUMENTS_MAX; i++)
        size += strlen(request->arguments[i]) + 1;
    if (request->argument_count == 0 || request->argument_count >= CONTROL_ARGUMENTS_MAX ||
        size > CONTROL_ARGUMENTS_SIZE_MAX) {
        problem_set(problem, "too many or too long arguments");
        problem_remedy(problem, "put what is long on standard input");
        return ERR_LIMIT;
    }
    if (request->input.size > CONTROL_INPUT_SIZE_MAX) {
        problem_set(problem, "the input has %zu bytes, at most %d", request->input.size,
                    CONTROL_INPUT_SIZE_MAX);
        problem_remedy(problem, "split it");
        return ERR_LIMIT;
    }
    return OK;
}

enum err control_call(const char *path, const struct control_request *request,
                      struct control_answer *answer, struct problem *problem)
{
    int descriptor = -1;
    TRY(check_request(request, problem));
    enum err err = connect_to(path, &descriptor, problem);
    if (err != OK)
        return err; /* nobody there is an outcome of every command: not traced */
    bool is_sent = true;
    for (size_t i = 0; is_sent && i < request->argument_count; i++)
        is_sent = send_frame(descriptor, CONTROL_ARGUMENT, bytes_of_text(request->arguments[i]));
    if (is_sent && request->input.size > 0)
        is_sent = send_frame(descriptor, CONTROL_INPUT, request->input);
    if (is_sent)
        (void)send_frame(descriptor, CONTROL_END, BYTES_NONE);
    err = receive_answer(descriptor, answer); /* also when sending failed: a refusal waits there */
    close(descriptor);
    if (err != OK) {
        problem_set(problem, "%s: the running program gave no whole answer", path);
        problem_remedy(problem, "look at its log; it may have been stopped meanwhile");
    }
    return err;
}
