/* server.h - `huoshui-broker run`: the loop, the sockets, the writer around the hub (shell). */
#pragma once

/* Serves until SIGTERM or SIGINT; the exit status. */
int server_run(const char *directory);
