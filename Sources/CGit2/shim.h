#pragma once
#include <git2.h>
#include <git2/sys/repository.h>
#include <git2/sys/stream.h>

// Options are set through a variadic function, which Swift cannot call.

static inline int cvlan_git_set_ca_file(const char *file) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, (const char *)NULL);
}

static inline int cvlan_git_set_pack_max_object_size(size_t bytes) {
    return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, bytes);
}

static inline int cvlan_git_set_user_agent(const char *name) {
    return git_libgit2_opts(GIT_OPT_SET_USER_AGENT, name);
}

// A TCP stream of ours in the place of libgit2's. The first four members are those of its own `git_socket_stream`
// (src/libgit2/streams/socket.h, unchanged since 0.27): the SSH transport reads the socket from there.
typedef struct {
    git_stream parent;
    char *host;
    char *port;
    int socket;
    void *owner;
} cvlan_git_stream;
