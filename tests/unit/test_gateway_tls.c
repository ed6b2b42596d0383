/* test_gateway_tls.c - the same over TLS: a certificate made here, a client that never blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "gateway_scene.h"

enum { SAID_MAX = 65536 };

struct tls_scene {
    struct gateway_scene *scene;
    char certificate[100], key[100];
};

static void make_certificate(const struct tls_scene *tls)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600));
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                (const unsigned char *)"localhost", -1, -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(certificate, name), 1);
    assert_int_not_equal(X509_sign(certificate, key, EVP_sha256()), 0);
    FILE *file = fopen(tls->certificate, "wb");
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    assert_int_equal(fclose(file), 0);
    file = fopen(tls->key, "wb");
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static int setup(void **state)
{
    struct tls_scene *tls = calloc(1, sizeof(*tls));
    assert_int_equal(gateway_scene_setup((void **)&tls->scene), 0);
    (void)snprintf(tls->certificate, sizeof(tls->certificate), "%s/cert.pem", tls->scene->folder);
    (void)snprintf(tls->key, sizeof(tls->key), "%s/key.pem", tls->scene->folder);
    make_certificate(tls);
    gateway_close(tls->scene->gateway);
    tls->scene->certificate_path = tls->certificate;
    tls->scene->key_path = tls->key;
    assert_int_equal(gateway_scene_open(tls->scene, "0.0.0.0:0", false, &tls->scene->gateway), OK);
    gateway_scene_find_port(tls->scene);
    *state = tls;
    return 0;
}

static int teardown(void **state)
{
    struct tls_scene *tls = *state;
    assert_int_equal(unlink(tls->certificate), 0);
    assert_int_equal(unlink(tls->key), 0);
    int rc = gateway_scene_teardown((void **)&tls->scene);
    free(tls);
    return rc;
}

/* Again while the library waits for the socket: the loop turns meanwhile. */
static bool waits(struct gateway_scene *scene, SSL *ssl, int rc)
{
    int error = SSL_get_error(ssl, rc);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        return false;
    gateway_scene_turn(scene);
    return true;
}

static SSL *connect_tls(struct gateway_scene *scene, SSL_CTX *context)
{
    int client = client_call(scene), rc;
    SSL *ssl = SSL_new(context);
    client_never_blocks(client);
    assert_int_equal(SSL_set_fd(ssl, client), 1);
    while ((rc = SSL_connect(ssl)) != 1)
        assert_true(waits(scene, ssl, rc));
    return ssl;
}

static void disconnect(SSL *ssl)
{
    int client = SSL_get_fd(ssl);
    SSL_free(ssl);
    (void)close(client);
}

/* Reads until the text is there, or to the end. */
static char *ask_tls(struct gateway_scene *scene, SSL *ssl, const char *request, const char *until)
{
    char *text = calloc(1, SAID_MAX);
    size_t size = 0;
    assert_int_equal(SSL_write(ssl, request, (int)strlen(request)), strlen(request));
    for (;;) {
        int rc = SSL_read(ssl, text + size, (int)(SAID_MAX - 1 - size));
        size += rc > 0 ? (size_t)rc : 0;
        if (strstr(text, until) || (rc <= 0 && !waits(scene, ssl, rc)))
            return text;
    }
}

static void pages_and_streams_come_over_tls_with_its_headers(void **state)
{
    struct tls_scene *tls = *state;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    assert_int_equal(SSL_CTX_set_alpn_protos(context, (const uint8_t *)"\x02h2\x08http/1.1", 12),
                     0);
    assert_memory_equal(gateway_address(tls->scene->gateway), "https://0.0.0.0:", 16);
    SSL *ssl = connect_tls(tls->scene, context);
    char *text = ask_tls(tls->scene, ssl, "GET /wall.js HTTP/1.1\r\n" HOST "\r\n", "let a = 1;");
    assert_memory_equal(text, "HTTP/1.1 200 OK\r\n", 17);
    assert_non_null(strstr(text, "Strict-Transport-Security: max-age="));
    free(text);
    stream_begin_with(tls->scene->stream, 7, bytes_of_text("{\"whole\":1}"), BYTES_NONE);
    text = ask_tls(tls->scene, ssl, "GET /api/v1/stream HTTP/1.1\r\n" HOST "\r\n", "whole");
    assert_non_null(strstr(text, "event: frame\ndata: {\"whole\":1}\n\n"));
    free(text);
    disconnect(ssl);
    SSL_CTX_free(context);
}

static void an_old_tls_and_no_tls_get_nothing(void **state)
{
    struct tls_scene *tls = *state;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    assert_int_equal(SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION), 1);
    SSL_CTX_set_security_level(context, 0);
    int client = client_call(tls->scene), rc;
    SSL *ssl = SSL_new(context);
    client_never_blocks(client);
    assert_int_equal(SSL_set_fd(ssl, client), 1);
    while ((rc = SSL_connect(ssl)) != 1 && waits(tls->scene, ssl, rc))
        continue;
    assert_int_not_equal(rc, 1);
    disconnect(ssl);
    SSL_CTX_free(context);
    char *text = client_ask(tls->scene, "GET / HTTP/1.1\r\n" CLOSE);
    assert_null(strstr(text, "HTTP/1.1 200"));
    free(text);
}

static void a_certificate_that_is_none_is_told(void **state)
{
    struct tls_scene *tls = *state;
    struct gateway *other = NULL;
    tls->scene->certificate_path = "/nowhere/cert.pem";
    assert_int_equal(gateway_scene_open(tls->scene, "127.0.0.1:0", false, &other), ERR_IO);
    tls->scene->certificate_path = tls->key; /* a key is no certificate */
    assert_int_equal(gateway_scene_open(tls->scene, "127.0.0.1:0", false, &other), ERR_IO);
    tls->scene->certificate_path = tls->certificate;
    tls->scene->key_path = NULL;
    assert_int_equal(gateway_scene_open(tls->scene, "127.0.0.1:0", false, &other), ERR_DENIED);
    assert_null(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_and_streams_come_over_tls_with_its_headers),
        TEST(an_old_tls_and_no_tls_get_nothing),
        TEST(a_certificate_that_is_none_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
