/* What the shipped rules find, and what they leave. */
#include "tests/unit/ingest/redactions.h"

static const struct example secrets[] = {
    {"connect to postgres://app:s3cr3t@db:5432/x", "connect to postgres://app:password#@db:5432/x"},
    {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nnext", "private-key#\nnext"},
    {"-----BEGIN PRIVATE KEY-----\nMIIE cut", "private-key#"},
    {"it begins with -----BEGIN PRIVATE KEY-----, as always; more of it",
     "it begins with private-key#, as always; more of it"},
    {"token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4", "token token#"},
    {"using AKIAIOSFODNN7EXAMPLE for s3", "using token# for s3"},
    {"ghp_abcdefghijklmnopqrstuvwxyz0123456789 leaked", "token# leaked"},
    {"Authorization: Bearer abcdef0123456789", "Authorization: Bearer token#"},
    {"{\"authorization\":\"Basic YWxhZGRpbjpvcGVu\"}", "{\"authorization\":\"Basic token#\"}"},
    {"db.password=hunter2 retrying", "db.password=password# retrying"},
    {"{\"api_key\": \"abc123def\", \"n\": 1}", "{\"api_key\": \"password#\", \"n\": 1}"},
    {"{\\\"client_secret\\\":\\\"zzz111\\\"}", "{\\\"client_secret\\\":\\\"password#\\\"}"},
    {"PASSWORD='open sesame'", "PASSWORD='password#'"},
    {"{\"password\": \"a \\\"b\\\" c\", \"n\": 1}", "{\"password\": \"password#\", \"n\": 1}"},
    {"password=\"open sesame", "password=\"password#"},
    {"password=ab n=1", "password=password# n=1"},
    {"password=*abc password=nullable1 password=true-horse",
     "password=password# password=password# password=password#"},
    {"connect(user=app, password=x1)", "connect(user=app, password=password#)"},
    {"password: hunter2 for app", "password: password# for app"},
    {"db:\n  user: app\n  password: correcthorse\n  port: 1", "db:\n  user: app\n  password: password#\n  port: 1"},
    {"dbPassword=x1y DB_PASSWORD=x2y PGPASSWORD=x3y clientSecret=x4y",
     "dbPassword=password# DB_PASSWORD=password# PGPASSWORD=password# clientSecret=password#"},
    {"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=password#"},
    {"client_secret: zzz111", "client_secret: password#"},
    {"<password>open sesame</password>", "<password>password#</password>"},
    {"<db:Password enc=\"no\">x</db:Password>", "<db:Password enc=\"no\">password#</db:Password>"},
    {"/cb?token=abc123xyz&n=1", "/cb?token=token#&n=1"},
    {"token: abcdefghijklmnopqrstuvwxyz", "token: token#"},
    {"Authorization: Negotiate YIIJvwYGKwYBBQUCoIIJ", "Authorization: Negotiate token#"},
    {"Authorization: ApiKey VnVhQ2ZHY0JDZGJrU", "Authorization: ApiKey token#"},
    {"Authorization: Splunk 1234-abcd-5678", "Authorization: Splunk token#"},
    {"Authorization: Mine abcd12345", "Authorization: Mine token#"},
    {"Authorization: Digest username=\"jane\", realm=\"r s\", response=\"6629fae4\"", "Authorization: Digest token#"},
    {"Authorization: AWS4-HMAC-SHA256 Credential=X/2026/s3, SignedHeaders=host;date, Signature=fe5f80",
     "Authorization: AWS4-HMAC-SHA256 token#"},
    {"{\"Authorization\":\"Digest a=1, b=2\",\"n\":1}", "{\"Authorization\":\"Digest token#\",\"n\":1}"},
    {"GET /x?X-Amz-Signature=fe5f80f77d5fa3beca&a=1", "GET /x?X-Amz-Signature=token#&a=1"},
    {"Cookie: session=abc; theme=dark", "Cookie: session=token#; theme=token#"},
    {"\"set-cookie\": \"sid=s%3Aabc; Path=/\"", "\"set-cookie\": \"sid=token#; Path=/\""},
    {"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOYBF==\n=aBcD\n-----END PGP PRIVATE KEY BLOCK-----.",
     "private-key#."},
    {"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOYBF cut", "private-key#"},
    {"DB_PASS=qwErty991 set", "DB_PASS=password# set"},
    {"job failed, pw=Hunter22x", "job failed, pw=password#"},
    {"mongo --host a --password Zx9secretZx --quiet", "mongo --host a --password password# --quiet"},
    {"curl -s -u admin:Passw0rd11 https://a.example/x", "curl -s -u admin:password# https://a.example/x"},
    {"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9vYmFyYmF6cXV4Zm9vYmFy==;",
     "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=token#;"},
    {"https://a.blob.example/x?sv=2022&sig=Zm9vYmFyYmF6cXV4%3D", "https://a.blob.example/x?sv=2022&sig=token#"},
    {"POST https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXX",
     "POST https://hooks.slack.com/services/token#"},
    {"key sk-proj-abcdEFGH1234ijklMNOP", "key token#"},
    {"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "private-key#"},
    {"MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3supV2dQ==", "private-key#"},
};

static const struct example personal[] = {
    {"mail to Jane.Doe+x@example.co.uk failed", "mail to email# failed"},
    {"user<*>@example.com", "email#"},
    {"card 4111 1111 1111 1111 declined", "card card# declined"},
    {"SSN: 078-05-1120", "SSN: national-id#"},
    {"call +1 415 555 2671 now", "call phone# now"},
    {"from 10.0.78.110:4711 accepted", "from ip#:4711 accepted"},
    {"src: /10.251.43.210:50010 dest: /10.251.43.211:50010", "src: /ip#:50010 dest: /ip#:50010"},
    {"peer fe80::1ff:fe23:4567:890a up", "peer ip# up"},
    {"peer 2a00:1450:4001:0811:0000:0000:0000:200e up", "peer ip# up"},
    {"dhcp for 00:1B:44:11:3A:B7", "dhcp for mac#"},
    {"dhcp for 00-1B-44-11-3A-B7", "dhcp for mac#"},
    {"card 3782 822463 10005 declined", "card card# declined"},
    {"to db-1.internal/10.2.3.4:8080 and db/52.2.3.4:80", "to db-1.internal/ip#:8080 and db/ip#:80"},
    {"allow 10.0.0.0/8, 52.1.2.3-52.1.2.9, 192.168.1.10-20", "allow ip#/8, ip#-ip#, ip#-20"},
};

/* Keys that say whose they are, each as its maker makes them. */
static const char *const keys[] = {
    "ABIAQYLPMN5HHHFPZAM2",
    "glrt-x7Kq2LmNvB9sTdRfYwZe",
    "glcbt-64_x7Kq2LmNvB9sTdRfYwZe",
    "dckr_pat_xK3QwLpZrT9sVnMeHd2JgUoYiXa",
    "pypi-AgEIcHlwaS5vcmcCJDU4ZjQzYWRhLTU3NjAtNGQ1Ni04ZmJhLWE5ZTQ2NzE0ZDNh",
    "xapp-1-A02BCDEFG-5839201748293-5b8d2c0e7f3a",
    "whsec_xK3QwLpZrT9sVnMeHd2JgUoYiXaBcDeF",
    "hvs.CAESIJxK3QwLpZrT9sVnMeHd2JgUoYiXaBcDeF",
    "dop_v1_5b8d2c0e7f3a4d19a6c491e0b7f25d385b8d2c0e7f3a4d19a6c491e0b7f25d38",
    "glsa_xK3QwLpZrT9sVnMeHd2JgUoYiXaBcDeF_5b8d2c0e",
    "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",
    "sq0atp-xK3QwLpZrT9sVnMeHd2JgU",
    "NRAK-XK3QWLPZRT9SVNMEHD2JGUOYIXA",
    "sk-ant-api03-xK3QwLpZrT9sVnMeHd2JgUoYiXaBcDeF",
    "hf_xK3QwLpZrTsVnMeHdJgUoYiXaBcDeFgHiJ",
    "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",
    "ya29.a0AfB_byC7xk3QwLpZrT9sVnMeHd2JgUoYiXa",
    "rubygems_5b8d2c0e7f3a4d19a6c491e0b7f25d385b8d2c0e7f3a4d19",
    "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZ",
};

static const struct example places[] = {
    {"postgresql://app:p@ss/w0rd@db1.internal:5432/x", "postgresql://app:password#@db1.internal:5432/x"},
    {"amqp://guest:gu:est@1@rabbit:5672/%2Fx: refused", "amqp://guest:password#@rabbit:5672/%2Fx: refused"},
    {"redis://:p?w@cache:6379/0", "redis://:password#@cache:6379/0"},
    {"https://a:pw1x@h.example/u?mail=j@example.com", "https://a:password#@h.example/u?mail=email#"},
    {"http://jane@example.com:pw1x@h/x", "http://email#:password#@h/x"},
    {"https://5b8d2c0e7f3a4d19a6c491e0@sentry.example/1", "https://password#@sentry.example/1"},
    {"app:p@ss/w0rd@tcp(db:3306)/x", "app:password#@tcp(db:3306)/x"},
    {"jdbc:oracle:thin:app/s3cret@db1:1521", "jdbc:oracle:thin:app/password#@db1:1521"},
    {"mysql -h db -u root -phunter22 orders", "mysql -h db -u root -ppassword# orders"},
    {"mysqldump -uapp -p'hunt er22' orders", "mysqldump -uapp -p'password#' orders"},
    {"sshpass -p s3cret ssh web1", "sshpass -p password# ssh web1"},
    {"docker login -u a -p s3cret r.example", "docker login -u a -p password# r.example"},
    {"redis-cli -h c -a f00bar ping", "redis-cli -h c -a password# ping"},
    {"ldapsearch -D cn=a -w s3cret -b dc=x", "ldapsearch -D cn=a -w password# -b dc=x"},
    {"smbclient //fs/s -U jane%s3cret", "smbclient //fs/s -U jane%password#"},
    {"curl --user 'admin:s3c ret' http://es/", "curl --user 'admin:password#' http://es/"},
    {"keytool -storepass changeit1 -v", "keytool -storepass password# -v"},
    {"openssl rsa -passin pass:s3cret", "openssl rsa -passin pass:password#"},
    {"kubeadm join x --token abcdef.0123456789abcdef", "kubeadm join x --token token#"},
    {"requirepass f00bar", "requirepass password#"},
    {"ALTER USER app WITH PASSWORD 's3c ret'", "ALTER USER app WITH PASSWORD 'password#'"},
    {"CREATE USER a IDENTIFIED BY \"s3cret\"", "CREATE USER a IDENTIFIED BY \"password#\""},
    {"password := \"s3cret\"", "password := \"password#\""},
    {":password=>\"s3cret\", :user=>\"j\"", ":password=>\"password#\", :user=>\"j\""},
    {"user=a password='it''s' db=x", "user=a password='password#' db=x"},
    {"<add key=\"DbPassword\" value=\"s3cret\"/>", "<add key=\"DbPassword\" value=\"password#\"/>"},
    {"{\"key\":\"api_secret\",\"value\":\"s3cret\"}", "{\"key\":\"api_secret\",\"value\":\"password#\"}"},
    {"- name: DB_PASSWORD\n  value: s3cret", "- name: DB_PASSWORD\n  value: password#"},
    {"Ocp-Apim-Subscription-Key: 5b8d2c0e7f3a", "Ocp-Apim-Subscription-Key: password#"},
    {"the root password is Sommer2024!", "the root password is password#"},
    {"GET /login;jsessionid=5B8D2C0E7F3A4D19A6C4 HTTP/1.1", "GET /login;jsessionid=token# HTTP/1.1"},
    {"/bot5839201748:AAHxK3QwLpZrT9sVnMeHd2JgUoYiXaB/send", "/bottoken#/send"},
    {"map[Authorization:[Bearer abcdef0123456789]]", "map[Authorization:[Bearer token#]]"},
    {"Set-Cookie: sid=abc1; Path=/; Secure; lang=\"d e\"", "Set-Cookie: sid=token#; Path=/; Secure; lang=\"token#\""},
    {"/cb?token=ab12cd%2Fxyz&n=1", "/cb?token=token#&n=1"},
    {"/u?email=jane%40example.com", "/u?email=email#"},
    {"to <o'brien@example.ie>, m\xc3\xbcller@example.de", "to <email#>, email#"},
    {"tel:+4930901820", "tel:phone#"},
    {"phone: (415) 555-2671", "phone: phone#"},
    {"IBAN DE89 3704 0044 0532 0130 00 rejected", "IBAN iban# rejected"},
    {"iban=GB29NWBK60161331926819", "iban=iban#"},
    {"MAC=08:00:27:4e:66:a1:52:54:00:12:35:02:08:00 LEN=60", "MAC=mac# LEN=60"},
    {"cisco mac 0800.274e.66a1 moved", "cisco mac mac# moved"},
    {"client ::ffff:93.184.216.34 up", "client ::ffff:ip# up"},
};

/* What looks like one and is none, or is nobody's. */
static const char *const others[] = {
    "password expired for a user",
    "check pass; user unknown",
    "password: incorrect",
    "Password: expired",
    "wrong password: try again",
    "invalid credentials: user 12 unknown",
    "bypass=true, pass=ok, pass=12 of 14",
    "compass=north2",
    "--password",
    "token expired",
    "Bad activity token: android.os.BinderProxy@43d9c7b8",
    "token: 3",
    "token=1500000 tokens=12 next token: none",
    "unexpected token: identifier",
    "NOPASSWD: ALL",
    "secret=[REDACTED] password=${DB_PASSWORD} password=<*>",
    "the cookie: a sweet one",
    "authorization failed, authorization: ok",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "build 2024-01-02-03-04-05 of mac station",
    "Failed password for root",
    "password=<*> retrying",
    "secret=null token=*** api_key=",
    "at 2024-01-04T08:02:27+08:00 12:34:56",
    "std::vector<int> a::b Foo::bar",
    "Chrome/108.0.0.0 version v1.2.3.4 1.2.3.4.5",
    "listening on 127.0.0.1 and 0.0.0.0 and ::1 and ::",
    "order 4111111111111112 of 1704359595009606438",
    "basic authentication required, bearer plants",
    "a@b git@github",
    "version 1.2.3.4, Version=4.0.0.0, version: 1.2.3.4",
    "PublicKeyToken=b77a5c561934e089",
    "password: (null)\npassword: $DB_PASSWORD\npassword: {{ .Values.x }}",
    "password=%s password = %(password)s password=? password=$1 secret=<none>",
    "pwd=/home/app PWD=/var/www/html",
    "if password == stored",
    "http://db:8080/x?mail=a http://db:8080/@scope/p https://db:8443?at=x@y",
    "mysql -h db -P 3306 -u root -p orders",
    "mysqld: port 3306; mkdir -p /var/lib/mysql",
    "docker run -p 8080:80 nginx",
    "npm_config_registry npm_lifecycle_event=build hf_dataset sk_buff_allocation_failed2",
    "the password must hold 12 letters, password for user7 changed, password 5 of 10",
    "use --password to set one",
    "Set-Cookie: Path=/; HttpOnly",
    "SHA1 Fingerprint=7D:4F:0C:3A:6B:2E:19:F8:A5:C0:D7:B3:E6:F2:91:4A:8C:5D:0B:7E",
    "{\"level\":\"info\",\"trace_id\":\"03a06866f3333abf3e1dcca64124f6dc\"}",
    "",
};

static void replaces_secrets(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        assert_string_equal(redacted(&f, secrets[i].text), secrets[i].expected);
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
        assert_string_equal(redacted(&f, personal[i].text), personal[i].expected);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        assert_string_equal(redacted(&f, places[i].text), places[i].expected);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char text[256];
        snprintf(text, sizeof text, "denied %s, x", keys[i]);
        assert_string_equal(redacted(&f, text), "denied token#, x");
    }
    end(&f);
}

static void leaves_the_rest(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct hc_str text = hc_str_of(others[i]);
        struct hc_str out = hc_redact(&f.redaction, text, f.arena);
        assert_string_equal(redacted(&f, others[i]), others[i]);
        assert_ptr_equal(out.p, text.p);
    }
    end(&f);
}

/* What overlaps is replaced once. */
static void replaces_each_part_once(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_string_equal(redacted(&f, "password=me@example.com!x y"), "password=password# y");
    assert_string_equal(redacted(&f, "password=a-ghp_abcdefghijklmnopqrstuvwxyz0123456789 y"), "password=password# y");
    assert_string_equal(redacted(&f, "password=AKIAIOSFODNN7EXAMPLE!x y"), "password=token#password# y");
    end(&f);
}

static void leaves_what_was_redacted_already(void **state)
{
    static const char *const texts[] = {"password=Xk38wLp9 x",
                                        "{\"password\": \"a b\"}",
                                        "https://a:p@ss@h/",
                                        "Authorization: Basic YWxhZGRpbjpvcGVu",
                                        "mysql -pabc",
                                        "token=abc123xyz",
                                        "Cookie: a=b; c=d",
                                        "password: Xk38wLp9",
                                        "the password is Xk38wLp9"};
    (void)state;
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct hc_str once = hc_redact(&f.redaction, hc_str_of(texts[i]), f.arena);
        assert_false(hc_str_is(once, texts[i]));
        assert_ptr_equal(hc_redact(&f.redaction, once, f.arena).p, once.p);
    }
    assert_string_equal(redacted(&f, "password=passwort-0123456789ab password=token-0123456789abc"),
                        "password=password# password=password#");
    end(&f);
}

/* Wherever a secret stands, other rules that see more or less of it do not give it another pseudonym. */
static void gives_a_secret_one_pseudonym(void **state)
{
    static const struct {
        const char *secret, *places[8];
    } same[] = {
        {"Xk38wLp9",
         {"password=#", "{\"password\": \"#\"}", "postgres://app:#@db.example.com/x", "mysql -u a -p# x",
          "x --password '#'", "dbPassword: #", "app:#@tcp(db.example.com)/", "<password>#</password>"}},
        {"p@ss/w0rd",
         {"password=#", "postgres://app:#@db.example.com/x", "redis://:#@db:6379", "PGPASSWORD='#' psql",
          "app:#@tcp(db:3306)/x", "sshpass -p # x", "the password is #", "passwd: #"}},
        {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4",
         {"#", "Authorization: Bearer #", "Cookie: session=#; Path=/", "/x?access_token=#&a=b", "password=#",
          "id_token: #", "{\"token\":\"#\"}", "x --token #"}},
        {"ghp_abcdefghijklmnopqrstuvwxyz0123456789",
         {"#", "https://#@github.com/x", "https://x-access-token:#@github.com/x", "GITHUB_TOKEN=#", "secret=#",
          "Authorization: token #", "docker login -p #", "/x?token=#"}},
        {"10.1.2.3", {"#", "#:80", "http://#/", "::ffff:#", "#, x", "/#", "peer=#,", "\"#\""}},
    };
    (void)state;
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char pseudonym[32] = "";
        for (size_t k = 0; k < 8; k++) {
            const char *place = same[i].places[k];
            size_t before = strcspn(place, "#");
            char text[256];
            snprintf(text, sizeof text, "%.*s%s%s", (int)before, place, same[i].secret, place + before + 1);
            struct hc_str out = hc_redact(&f.redaction, hc_str_of(text), f.arena);
            size_t n = strspn(out.p + before, "abcdefghijklmnopqrstuvwxyz") + 1 + 12;
            if (k == 0)
                snprintf(pseudonym, sizeof pseudonym, "%.*s", (int)n, out.p + before);
            snprintf(text, sizeof text, "%.*s%s%s", (int)before, place, pseudonym, place + before + 1);
            if (!hc_str_is(out, text))
                fail_msg("\"%s\" is expected, not \"%.*s\"", text, HC_STR_ARG(out));
        }
    }
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_secrets),
        cmocka_unit_test(leaves_the_rest),
        cmocka_unit_test(replaces_each_part_once),
        cmocka_unit_test(leaves_what_was_redacted_already),
        cmocka_unit_test(gives_a_secret_one_pseudonym),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
