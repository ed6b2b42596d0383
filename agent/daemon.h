/*
 * daemon.h - `huoshui-agent run`: the loop, the socket to the broker, the control socket, the
 * supervisor (shell). SIGTERM stops within a second, with nothing to flush.
 */
#pragma once

/* Foreground, until SIGTERM or SIGINT. Gives the exit status. */
int daemon_run(const char *directory);
