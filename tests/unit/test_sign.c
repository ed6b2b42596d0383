/* test_sign.c - Ed25519 against RFC 8032 and against forgery. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/sign.h"

static void decode(const char *hex, uint8_t *out, size_t size)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    assert_int_equal(hex_decode(bytes_of_text(hex), &bytes), OK);
    assert_int_equal(bytes.size, size);
    memcpy(out, bytes.data, size);
}

/* RFC 8032, section 7.1, tests 1 and 2. */
static void signatures_are_those_of_the_standard(void **state)
{
    static const char *const rows[][4] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "r",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0f11d8c387b2eaeb4302aeeb00d291612bb0c00"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        uint8_t secret[32], public[32], expected[64], signature[64];
        CLEANUP(signer_close) struct signer *signer = NULL;
        CLEANUP(verifier_close) struct verifier *verifier = NULL;
        struct bytes message = bytes_of_text(rows[i][2]);
        decode(rows[i][0], secret, sizeof(secret));
        decode(rows[i][1], public, sizeof(public));
        decode(rows[i][3], expected, sizeof(expected));
        assert_int_equal(signer_open(secret, &signer), OK);
        assert_int_equal(verifier_open(public, &verifier), OK);
        for (int again = 0; again < 3; again++) {
            assert_int_equal(signer_sign(signer, message, signature), OK);
            assert_memory_equal(signature, expected, sizeof(expected));
            assert_true(verifier_accepts(verifier, message, bytes_of(signature, 64)));
        }
    }
}

static void a_changed_message_signature_or_key_is_refused(void **state)
{
    uint8_t secret[32], public[32], other[32], signature[64], message[] = "push 41..43";
    CLEANUP(signer_close) struct signer *signer = NULL;
    CLEANUP(verifier_close) struct verifier *verifier = NULL;
    CLEANUP(verifier_close) struct verifier *stranger = NULL;
    struct bytes bytes = bytes_of(message, sizeof(message));
    (void)state;
    assert_int_equal(sign_keypair(other, secret), OK);
    assert_int_equal(verifier_open(other, &stranger), OK);
    assert_int_equal(sign_keypair(public, secret), OK);
    assert_memory_not_equal(public, other, sizeof(public));
    assert_int_equal(signer_open(secret, &signer), OK);
    assert_int_equal(verifier_open(public, &verifier), OK);
    assert_int_equal(signer_sign(signer, bytes, signature), OK);
    for (size_t i = 0; i < sizeof(signature); i++) {
        signature[i] ^= 1;
        assert_false(verifier_accepts(verifier, bytes, bytes_of(signature, sizeof(signature))));
        signature[i] ^= 1;
    }
    for (size_t i = 0; i < sizeof(message); i++) {
        message[i] ^= 1;
        assert_false(verifier_accepts(verifier, bytes, bytes_of(signature, sizeof(signature))));
        message[i] ^= 1;
    }
    assert_false(verifier_accepts(stranger, bytes, bytes_of(signature, sizeof(signature))));
    /* After all those refusals the verifier still knows a good one. */
    assert_true(verifier_accepts(verifier, bytes, bytes_of(signature, sizeof(signature))));
}

static void a_signature_of_another_size_is_refused(void **state)
{
    uint8_t secret[32], public[32], signature[65] = {0};
    CLEANUP(signer_close) struct signer *signer = NULL;
    CLEANUP(verifier_close) struct verifier *verifier = NULL;
    (void)state;
    assert_int_equal(sign_keypair(public, secret), OK);
    assert_int_equal(signer_open(secret, &signer), OK);
    assert_int_equal(verifier_open(public, &verifier), OK);
    assert_int_equal(signer_sign(signer, BYTES_NONE, signature), OK);
    assert_true(verifier_accepts(verifier, BYTES_NONE, bytes_of(signature, 64)));
    assert_false(verifier_accepts(verifier, BYTES_NONE, bytes_of(signature, 63)));
    assert_false(verifier_accepts(verifier, BYTES_NONE, bytes_of(signature, 65)));
    assert_false(verifier_accepts(verifier, BYTES_NONE, BYTES_NONE));
}

/* A key of small order makes one signature fit many messages; S + L is a second form of S. */
static void keys_and_signatures_with_a_second_meaning_are_refused(void **state)
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    uint8_t secret[32], public[32], signature[64], small[32] = {1}, forged[64] = {1};
    CLEANUP(signer_close) struct signer *signer = NULL;
    CLEANUP(verifier_close) struct verifier *verifier = NULL;
    CLEANUP(verifier_close) struct verifier *weak = NULL;
    (void)state;
    assert_int_equal(verifier_open(small, &weak), OK);
    assert_false(verifier_accepts(weak, bytes_of_text("any"), bytes_of(forged, sizeof(forged))));
    assert_int_equal(sign_keypair(public, secret), OK);
    assert_int_equal(signer_open(secret, &signer), OK);
    assert_int_equal(verifier_open(public, &verifier), OK);
    assert_int_equal(signer_sign(signer, bytes_of_text("any"), signature), OK);
    unsigned carry = 0;
    for (size_t i = 0; i < sizeof(order); i++) {
        carry += (unsigned)signature[32 + i] + order[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_false(
        verifier_accepts(verifier, bytes_of_text("any"), bytes_of(signature, sizeof(signature))));
}

static void closing_nothing_is_harmless(void **state)
{
    (void)state;
    signer_close(NULL);
    verifier_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_those_of_the_standard),
        cmocka_unit_test(a_changed_message_signature_or_key_is_refused),
        cmocka_unit_test(a_signature_of_another_size_is_refused),
        cmocka_unit_test(keys_and_signatures_with_a_second_meaning_are_refused),
        cmocka_unit_test(closing_nothing_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
