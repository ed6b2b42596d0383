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

static enum err receive_answer(int descriptor, struct control_answer *answer)
{
    uint8_t space[CONTROL_PART_SIZE_MAX];
    struct control_answer_reader reader = {.answer = answer};
    for (;;) {
        ssize_t got = recv(descriptor, space, sizeof(space), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return ERR_IO;
        switch (control_answer_take(&reader, bytes_of(space, (size_t)got))) {
        case CONTROL_MORE:
            break;
        case CONTROL_WHOLE:
            return OK;
        case CONTROL_REFUSED:
            return ERR_MALFORMED;
        }
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
