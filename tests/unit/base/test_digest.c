#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"

static void assert_digest(const uint8_t digest[HC_SHA256_BYTES], const char *expected)
{
    char hex[HC_SHA256_HEX];
    hc_sha256_hex(digest, hex);
    assert_string_equal(hex, expected);
}

/* FIPS 180-4 and NIST's examples with intermediate values. */
static const char *const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char *const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char *const two_blocks = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
static const char *const million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void agrees_with_the_published_values(void **state)
{
    (void)state;
    uint8_t digest[HC_SHA256_BYTES];
    hc_sha256_once("abc", 3, digest);
    assert_digest(digest, abc);
    hc_sha256_once(NULL, 0, digest);
    assert_digest(digest, nothing);
    hc_sha256_once("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, digest);
    assert_digest(digest, two_blocks);
}

static void pieces_give_what_the_whole_gives_and_it_starts_anew(void **state)
{
    (void)state;
    uint8_t digest[HC_SHA256_BYTES];
    struct hc_sha256 *running = hc_sha256_new();
    assert_non_null(running);
    char piece[997];
    memset(piece, 'a', sizeof piece);
    for (size_t left = 1000000; left > 0;) {
        size_t n = left < sizeof piece ? left : sizeof piece;
        hc_sha256_add(running, piece, n);
        left -= n;
    }
    hc_sha256_finish(running, digest);
    assert_digest(digest, million);
    hc_sha256_add(running, "ab", 2);
    hc_sha256_add(running, NULL, 0);
    hc_sha256_add(running, "c", 1);
    hc_sha256_finish(running, digest);
    assert_digest(digest, abc);
    hc_sha256_finish(running, digest);
    assert_digest(digest, nothing);
    hc_sha256_free(running);
    hc_sha256_free(NULL);
}

/* RFC 4231, cases 1, 2 and 6: a key shorter than the hash, one of letters, one longer than a block. */
static void hmac_agrees_with_the_published_values(void **state)
{
    (void)state;
    uint8_t key[131], digest[HC_SHA256_BYTES];
    struct hc_hmac *hmac;
    memset(key, 0x0b, 20);
    hmac = hc_hmac_new(key, 20);
    hc_hmac_of(hmac, "Hi There", 8, digest);
    assert_digest(digest, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hc_hmac_free(hmac);
    hmac = hc_hmac_new("Jefe", 4);
    for (int twice = 0; twice < 2; twice++) {
        hc_hmac_of(hmac, "what do ya want for nothing?", 28, digest);
        assert_digest(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
    hc_hmac_free(hmac);
    memset(key, 0xaa, sizeof key);
    hmac = hc_hmac_new(key, sizeof key);
    hc_hmac_of(hmac, "Test Using Larger Than Block-Size Key - Hash Key First", 54, digest);
    assert_digest(digest, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    hc_hmac_free(hmac);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_published_values),
        cmocka_unit_test(hmac_agrees_with_the_published_values),
        cmocka_unit_test(pieces_give_what_the_whole_gives_and_it_starts_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
