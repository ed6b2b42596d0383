/*
 * control.c - the daemon's side of the control socket. Whoever can reach the socket is checked
 * again by SO_PEERCRED: only the daemon's own user, and root, are answered. A client that makes no
 * progress for PROGRESS_MAX_MS is dropped.
 */
#include "io/control.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/list.h"
#include "io/control_frame.h"

enum { PROGRESS_MAX_MS = 30000, BACKLOG = 64, READ_SIZE = 64 << 10, STATUS_REFUSED = 2 };

struct control_server {
    uv_loop_t *loop;
    uv_pipe_t pipe;
    control_handler *handler;
    void *context;
    char path[CONTROL_PATH_SIZE_MAX + 1];
    struct stat file; /* so that only our own socket is removed */
    struct list clients;
    size_t client_count;
    bool has_waiting;  /* libuv holds one connection until a client leaves */
    size_t references; /* its own handle and every client that is not yet freed */
    char space[READ_SIZE];
};

struct client {
    struct list link;
    struct control_server *server;
    uv_pipe_t pipe;
    uv_timer_t timer;
    int open_handles;
    bool is_closing;

    struct control_request_reader reader;
    struct buffer out, error;
    size_t out_sent, error_sent;
    int status;
    bool is_status_sent;
    uint8_t part_head[CONTROL_HEAD_SIZE + 4];
    uv_write_t write;
};

static void on_connection(uv_stream_t *stream, int status);

static void server_release(struct control_server *server)
{
    if (--server->references == 0)
        free(server);
}

static void on_client_closed(uv_handle_t *handle)
{
    struct client *client = handle->data;
    struct control_server *server = client->server;
    if (--client->open_handles > 0)
        return;
    control_request_release(&client->reader);
    buffer_release(&client->out);
    buffer_release(&client->error);
    free(client);
    if (server->has_waiting && !uv_is_closing((uv_handle_t *)&server->pipe)) {
        server->has_waiting = false;
        on_connection((uv_stream_t *)&server->pipe, 0);
    }
    server_release(server);
}

static void client_close(struct client *client)
{
    if (client->is_closing)
        return;
    struct control_server *server = client->server;
    client->is_closing = true;
    list_remove(&client->link);
    server->client_count--;
    uv_close((uv_handle_t *)&client->pipe, on_client_closed);
    uv_close((uv_handle_t *)&client->timer, on_client_closed);
}

static void on_no_progress(uv_timer_t *timer)
{
    client_close(timer->data);
}

static void progress(struct client *client)
{
    uv_update_time(client->server->loop); /* a command may have taken long */
    uv_timer_start(&client->timer, on_no_progress, PROGRESS_MAX_MS, 0);
}

static void send_next(struct client *client);

static void on_written(uv_write_t *write, int status)
{
    struct client *client = write->data;
    if (client->is_closing)
        return;
    if (status != 0 || client->is_status_sent) {
        client_close(client);
        return;
    }
    progress(client);
    send_next(client);
}

static void send_part(struct client *client, enum control_kind kind, struct bytes part)
{
    uv_buf_t parts[2] = {
        uv_buf_init((char *)client->part_head, CONTROL_HEAD_SIZE),
        {.base = (char *)part.data, .len = part.size},
    };
    client->part_head[0] = (uint8_t)kind;
    u32_put(client->part_head + 1, (uint32_t)part.size);
    client->write.data = client;
    if (uv_write(&client->write, (uv_stream_t *)&client->pipe, parts, 2, on_written) != 0)
        client_close(client);
}

static struct bytes next_part(const struct buffer *buffer, size_t *sent)
{
    size_t left = buffer->size - *sent;
    struct bytes part = {buffer->data + *sent, left};
    if (part.size > CONTROL_PART_SIZE_MAX)
        part.size = CONTROL_PART_SIZE_MAX;
    *sent += part.size;
    return part;
}

/* One part under way at a time: a slow client costs what the command printed, and no more. */
static void send_next(struct client *client)
{
    if (client->out_sent < client->out.size) {
        send_part(client, CONTROL_OUT, next_part(&client->out, &client->out_sent));
    } else if (client->error_sent < client->error.size) {
        send_part(client, CONTROL_ERROR, next_part(&client->error, &client->error_sent));
    } else {
        uint8_t *status = client->part_head + CONTROL_HEAD_SIZE;
        u32_put(status, (uint32_t)client->status);
        client->is_status_sent = true;
        send_part(client, CONTROL_STATUS, bytes_of(status, 4));
    }
}

static void start_answer(struct client *client)
{
    uv_read_stop((uv_stream_t *)&client->pipe);
    progress(client);
    send_next(client);
}

static void refuse(struct client *client, const char *sentence)
{
    buffer_add_text(&client->error, sentence);
    client->status = STATUS_REFUSED;
    start_answer(client);
}

static void run_command(struct client *client)
{
    struct control_server *server = client->server;
    struct control_request request = control_request_of(&client->reader);
    struct control_answer answer = {.out = &client->out, .error = &client->error};
    uv_read_stop((uv_stream_t *)&client->pipe);
    server->handler(server->context, &request, &answer);
    client->status = answer.status;
    if (!client->is_closing) /* the command may have been "stop" */
        start_answer(client);
}

static void on_space(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct client *client = handle->data;
    (void)suggested;
    *out = uv_buf_init(client->server->space, READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *space)
{
    struct client *client = stream->data;
    if (size < 0) { /* gone, perhaps in the middle of its request: nothing was done yet */
        client_close(client);
        return;
    }
    progress(client);
    switch (control_request_take(&client->reader, bytes_of(space->base, (size_t)size))) {
    case CONTROL_MORE:
        break;
    case CONTROL_WHOLE:
        run_command(client);
        break;
    case CONTROL_REFUSED:
        refuse(client, client->reader.refusal);
        break;
    }
}

static bool is_own_user(uv_pipe_t *pipe)
{
    uv_os_fd_t descriptor;
    struct ucred peer;
    socklen_t size = sizeof(peer);
    if (uv_fileno((uv_handle_t *)pipe, &descriptor) != 0 ||
        getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    return peer.uid == geteuid() || peer.uid == 0;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct control_server *server = stream->data;
    if (status != 0)
        return;
    if (server->client_count >= CONTROL_CLIENTS_MAX) {
        server->has_waiting = true; /* libuv accepts no further one meanwhile */
        return;
    }
    struct client *client = calloc(1, sizeof(*client));
    if (!client)
        abort();
    client->server = server;
    client->open_handles = 2;
    uv_pipe_init(server->loop, &client->pipe, 0);
    uv_timer_init(server->loop, &client->timer);
    client->pipe.data = client->timer.data = client;
    list_append(&server->clients, &client->link);
    server->client_count++;
    server->references++;
    if (uv_accept(stream, (uv_stream_t *)&client->pipe) != 0 || !is_own_user(&client->pipe) ||
        uv_read_start((uv_stream_t *)&client->pipe, on_space, on_read) != 0)
        client_close(client);
    else
        progress(client);
}

/* A socket file that a crash left behind refuses connections; one that answers belongs to somebody.
 */
static enum err remove_stale(const struct sockaddr_un *address, struct problem *problem)
{
    struct stat file;
    if (lstat(address->sun_path, &file) != 0)
        return OK;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0)
        return ERR_IO;
    int rc = connect(descriptor, (const struct sockaddr *)address, sizeof(*address));
    bool is_stale = S_ISSOCK(file.st_mode) && rc != 0 && errno == ECONNREFUSED;
    close(descriptor);
    if (is_stale && unlink(address->sun_path) == 0)
        return OK;
    problem_set(problem, "%s is in use", address->sun_path);
    problem_remedy(problem, "another process serves this directory; stop it first");
    return ERR_BUSY;
}

/* By hand, since mode 0600 must hold from the first moment: Linux takes it from the unbound socket.
 */
static enum err bind_socket(const struct sockaddr_un *address, int *out, struct problem *problem)
{
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor >= 0 && fchmod(descriptor, 0600) == 0 &&
        bind(descriptor, (const struct sockaddr *)address, sizeof(*address)) == 0) {
        *out = descriptor;
        return OK;
    }
    problem_set(problem, "cannot listen on %s: %s", address->sun_path, strerror(errno));
    problem_remedy(problem, "run it as the user who owns the directory, on a local disk");
    if (descriptor >= 0)
        close(descriptor);
    return ERR_IO;
}

static void on_server_closed(uv_handle_t *handle)
{
    server_release(handle->data);
}

enum err control_listen(uv_loop_t *loop, const char *path, control_handler *handler, void *context,
                        struct control_server **out, struct problem *problem)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = -1;
    if (strlen(path) > CONTROL_PATH_SIZE_MAX) {
        problem_set(problem, "%s: a socket's path has at most %d bytes", path,
                    CONTROL_PATH_SIZE_MAX);
        problem_remedy(problem, "use a directory with a shorter path, as in /var/lib/huoshui");
        return ERR_LIMIT;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    (void)signal(SIGPIPE, SIG_IGN); /* a client that left must not end the daemon */
    TRY(remove_stale(&address, problem));
    TRY(bind_socket(&address, &descriptor, problem));
    struct control_server *server = calloc(1, sizeof(*server));
    if (!server)
        abort();
    server->loop = loop;
    server->references = 1;
    server->handler = handler;
    server->context = context;
    memcpy(server->path, path, strlen(path) + 1);
    list_init(&server->clients);
    uv_pipe_init(loop, &server->pipe, 0);
    server->pipe.data = server;
    if (lstat(path, &server->file) != 0 || uv_pipe_open(&server->pipe, descriptor) != 0) {
        close(descriptor);
        uv_close((uv_handle_t *)&server->pipe, on_server_closed);
        return ERR_IO;
    }
    if (uv_listen((uv_stream_t *)&server->pipe, BACKLOG, on_connection) != 0) {
        control_close(server);
        problem_set(problem, "cannot listen on %s", path);
        problem_remedy(problem, "look at the limit on open files: ulimit -n");
        return ERR_IO;
    }
    *out = server;
    return OK;
}

void control_close(struct control_server *server)
{
    struct stat now;
    if (lstat(server->path, &now) == 0 && now.st_ino == server->file.st_ino &&
        now.st_dev == server->file.st_dev)
        unlink(server->path);
    uv_close((uv_handle_t *)&server->pipe, on_server_closed);
    while (!list_is_empty(&server->clients))
        client_close(CONTAINER_OF(server->clients.next, struct client, link));
}
