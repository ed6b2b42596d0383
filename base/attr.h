/* attr.h - compiler attributes and the ownership words used everywhere (STYLE.md, Memory). */
#pragma once

#include <stddef.h>

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* CLEANUP(signer_close) struct signer *signer: it is closed on every way out of the scope. */
#define CLEANUP(function) __attribute__((cleanup(function##_cleanup)))
#define DEFINE_CLEANUP(type, function)                                                             \
    static inline void function##_cleanup(__typeof__(type) *variable)                              \
    {                                                                                              \
        if (*variable)                                                                             \
            function(*variable);                                                                   \
    }

/* TAKE(x) hands the value over and leaves NULL behind, so the cleanup of x does nothing. */
#define TAKE(variable)                                                                             \
    ({                                                                                             \
        __typeof__(variable) taken_ = (variable);                                                  \
        (variable) = NULL;                                                                         \
        taken_;                                                                                    \
    })

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define CONTAINER_OF(pointer, type, member)                                                        \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))
