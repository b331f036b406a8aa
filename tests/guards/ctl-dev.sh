#!/bin/sh
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# auth0ctl dev: each command does what it says, judged by other programs
# (openssl for signatures and numbers, perl's JSON::PP for JSON).
# shellcheck disable=SC2016  # the expressions are perl's
set -u
umask 027

tool=${AUTH0CTL:-./auth0ctl}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
tenant=$dir/tenant
api=https://api.example.com/orders
checks=0
failed=0

# check NAME ACTUAL EXPECTED
check() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    printf 'FAIL %s\n  is:        %s\n  should be: %s\n' "$1" "$2" "$3"
}

# refuses STATUS SENTENCE ARGUMENT...: one line that begins with "auth0ctl"
# and holds the sentence, nothing on the standard output, and this status.
refuses() {
    status=$1 sentence=$2
    shift 2
    "$tool" "$@" >"$dir/out" 2>"$dir/err"
    check "$*: status" $? "$status"
    check "$*: output" "$(cat "$dir/out")" ''
    check "$*: lines" "$(grep -c '' "$dir/err")" 1
    case $(cat "$dir/err") in
    auth0ctl*"$sentence"*) check "$*" ok ok ;;
    *) check "$*" "$(cat "$dir/err")" "auth0ctl...: ...$sentence..." ;;
    esac
}

mode() {
    stat -c %a "$1"
}

# json FILE EXPRESSION: of the document in $d, or "not JSON".
json() {
    perl -MJSON::PP -e '
        my $d = eval { local (@ARGV, $/) = $ARGV[0]; decode_json(<>) };
        print defined $d ? eval($ARGV[1]) // "absent" : "not JSON"' "$1" "$2"
}

unbase64url() {
    text=$(cat | tr -- '-_' '+/')
    while [ $((${#text} % 4)) -ne 0 ]; do
        text=$text=
    done
    printf '%s' "$text" | openssl base64 -d -A
}

token() {
    "$tool" dev token "$tenant" --audience "$api" "$@" >"$dir/token" ||
        check "token $*" $? 0
    cut -d. -f1 "$dir/token" | unbase64url >"$dir/header"
    cut -d. -f2 "$dir/token" | unbase64url >"$dir/payload"
    cut -d. -f3 "$dir/token" | unbase64url >"$dir/signature"
    printf '%s' "$(cut -d. -f1,2 "$dir/token")" >"$dir/signed"
}

header() {
    json "$dir/header" "$1"
}

payload() {
    json "$dir/payload" "$1"
}

# verify DIGEST [OPTION...]: what openssl says of the last token.
verify() {
    digest=$1
    shift
    openssl dgst "-$digest" "$@" -verify "$dir/public.pem" \
        -signature "$dir/signature" "$dir/signed" 2>&1
}

test_help() {
    for command in '' 'dev' 'dev init' 'dev token' 'dev serve-files'; do
        # shellcheck disable=SC2086
        check "$command --help" \
            "$("$tool" $command --help 2>&1 | sed -n 's/ .*//;1p')" usage:
    done
    check 'help after an operand' \
        "$("$tool" dev init x --help | sed -n 's/ .*//;1p')" usage:
    check --version "$("$tool" --version | sed 's/[0-9][0-9.]*$/N/')" \
        'auth0ctl N'
}

test_init() {
    "$tool" dev init "$tenant" >"$dir/out"
    check 'init: status' $? 0
    check 'init: folder' "$(mode "$tenant")" 700
    check 'init: key' "$(mode "$tenant/private.pem")" 600
    check 'init: key set' "$(mode "$tenant/jwks.json")" 644
    check 'init: files' "$(find "$tenant" -type f | sed 's/.*[/]//' | sort | tr '\n' ' ')" \
        'jwks.json openid-configuration private.pem '
    openssl pkey -in "$tenant/private.pem" -pubout -out "$dir/public.pem"
    check 'init: readable key' $? 0
}

test_key_set() {
    set=$tenant/jwks.json
    check 'members' \
        "$(json "$set" 'join " ", sort keys %{$d->{keys}[0]}')" \
        'alg e kid kty n use'
    check 'one key' "$(json "$set" 'scalar @{$d->{keys}}')" 1
    check 'values' "$(json "$set" 'join " ", @{$d->{keys}[0]}{qw(kty alg use e)}')" \
        'RSA RS256 sig AQAB'
    n=$(json "$set" '$d->{keys}[0]{n}')
    check 'modulus' \
        "Modulus=$(printf '%s' "$n" | unbase64url | od -An -v -tx1 |
            tr -d ' \n' | tr a-f A-F)" \
        "$(openssl rsa -in "$tenant/private.pem" -noout -modulus)"
    check 'kid is the RFC 7638 thumbprint' \
        "$(json "$set" '$d->{keys}[0]{kid}')" \
        "$(printf '{"e":"AQAB","kty":"RSA","n":"%s"}' "$n" |
            openssl dgst -sha256 -binary | openssl base64 -A |
            tr -- '+/' '-_' | tr -d =)"
}

test_discovery() {
    document=$tenant/openid-configuration
    check 'issuer' "$(json "$document" '$d->{issuer}')" https://dev.localhost/
    check 'jwks_uri' "$(json "$document" '$d->{jwks_uri}')" \
        https://dev.localhost/.well-known/jwks.json
    "$tool" dev init "$dir/other" --issuer https://t.example.com/a >/dev/null
    check 'other issuer' \
        "$(json "$dir/other/openid-configuration" \
            'join " ", @$d{qw(issuer jwks_uri)}')" \
        'https://t.example.com/a https://t.example.com/a/.well-known/jwks.json'
    "$tool" dev token "$dir/other" --audience "$api" | cut -d. -f2 |
        unbase64url >"$dir/payload"
    check 'other iss' "$(payload '$d->{iss}')" https://t.example.com/a
}

test_signatures() {
    token
    check RS256 "$(verify sha256)" 'Verified OK'
    for bits in 256 384 512; do
        token --alg "RS$bits"
        check "RS$bits" "$(header '$d->{alg}') $(verify "sha$bits")" \
            "RS$bits Verified OK"
        token --alg "PS$bits"
        check "PS$bits" "$(header '$d->{alg}') $(verify "sha$bits" \
            -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest)" \
            "PS$bits Verified OK"
    done
    printf x >>"$dir/signed"
    case $(verify sha256) in
    *'Verified OK'*) check 'the verifier itself' 'accepts all' 'refuses' ;;
    *) check 'the verifier itself' ok ok ;;
    esac
}

test_machine_token() {
    token
    check 'machine: header' "$(header 'join " ", @$d{qw(alg typ)}')" 'RS256 JWT'
    check 'machine: kid' "$(header '$d->{kid}')" \
        "$(json "$tenant/jwks.json" '$d->{keys}[0]{kid}')"
    check 'machine: members' "$(payload 'join " ", sort keys %$d')" \
        'aud azp exp gty iat iss sub'
    check 'machine: values' \
        "$(payload 'join " ", @$d{qw(iss sub aud azp gty)}')" \
        "https://dev.localhost/ dev-client@clients $api dev-client client-credentials"
    check 'machine: lifetime' "$(payload '$d->{exp} - $d->{iat}')" 3600
    check 'machine: now' "$(payload 'abs($d->{iat} - time) < 60')" 1
    token --client nightly
    check 'client' "$(payload 'join " ", @$d{qw(sub azp)}')" \
        'nightly@clients nightly'
    token --subject batch@clients
    check 'subject' "$(payload 'join " ", @$d{qw(sub azp)}')" \
        'batch@clients batch'
}

test_user_token() {
    token --subject 'auth0|1' --scope 'read:orders write:orders' \
        --expires-in 60 --audience https://dev.localhost/userinfo
    check 'user: members' "$(payload 'join " ", sort keys %$d')" \
        'aud azp exp iat iss scope sub'
    check 'user: aud' "$(payload 'join " ", @{$d->{aud}}')" \
        "$api https://dev.localhost/userinfo"
    check 'user: scope' "$(payload '$d->{scope}')" 'read:orders write:orders'
    check 'user: lifetime' "$(payload '$d->{exp} - $d->{iat}')" 60
    token --expires-in -60
    check 'expired' "$(payload 'abs(time - $d->{exp} - 60) < 30')" 1
    check 'expired: issued before' "$(payload '$d->{iat} < $d->{exp}')" 1
}

test_claims() {
    token --claim n=1 --claim t=text --claim 's="1"' --claim 'o={"a":[true]}' \
        --claim e= --claim https://example.com/roles='["a=b"]' \
        --claim exp='"soon"' --typ at+jwt
    check 'claims' "$(payload 'my $j = JSON::PP->new->canonical;
        $j->encode({map { $_ => $d->{$_} }
            qw(n t s o e exp https://example.com/roles)})')" \
        '{"e":"","exp":"soon","https://example.com/roles":["a=b"],"n":1,"o":{"a":[true]},"s":"1","t":"text"}'
    check 'typ' "$(header '$d->{typ}')" at+jwt
    token --claim=sub=me
    check 'joined' "$(payload '$d->{sub}')" me
}

hex() {
    od -An -v -tx1 | tr -d ' \n'
}

# part N: its bytes, of the last token.
part() {
    cut -d. -f"$1" "$dir/token" | unbase64url
}

# What openssl makes of the wrapped key, in hexadecimal.
unwrapped() {
    part 2 >"$dir/wrapped"
    openssl pkeyutl -decrypt -inkey "$tenant/private.pem" -in "$dir/wrapped" \
        -pkeyopt rsa_padding_mode:oaep -pkeyopt "rsa_oaep_md:$1" \
        -pkeyopt "rsa_mgf1_md:$1" 2>&1 | hex
}

# check_cbc ENC DIGEST BITS: header, tag and text of the last token.
check_cbc() {
    key=$(unwrapped sha256)
    half=$((${#key} / 2))
    mac=$(printf '%s' "$key" | cut -c "1-$half")
    check "$1: header" "$(header 'join " ", @$d{qw(alg enc cty)}')" \
        "RSA-OAEP-256 $1 JWT"
    part 4 >"$dir/text"
    length=$(cut -d. -f1 "$dir/token" | tr -d '\n' | wc -c)
    {
        cut -d. -f1 "$dir/token" | tr -d '\n'
        part 3
        cat "$dir/text"
        perl -e 'print pack("Q>", 8 * $ARGV[0])' "$length"
    } >"$dir/authenticated"
    check "$1: tag" "$(part 5 | hex)" \
        "$(openssl dgst "-$2" -mac HMAC -macopt "hexkey:$mac" -binary \
            "$dir/authenticated" | hex | cut -c "1-$half")"
    openssl enc -d "-aes-$3-cbc" -in "$dir/text" -out "$dir/token" \
        -K "$(printf '%s' "$key" | cut -c "$((half + 1))-")" \
        -iv "$(part 3 | hex)"
    check "$1: text" "$(cut -d. -f1 "$dir/token" | unbase64url)" \
        "$(cat "$dir/plain-header")"
}

test_encryption() {
    token
    cp "$dir/header" "$dir/plain-header"
    set -- --encrypt-to "$dir/public.pem"
    token "$@"
    check 'encrypted: header' "$(header 'join " ", @$d{qw(alg enc cty)}')" \
        'RSA-OAEP-256 A256GCM JWT'
    check 'encrypted: parts' "$(tr -cd . <"$dir/token")" ....
    check 'encrypted: key' "$(unwrapped sha256 | wc -c)" 64
    for bits in 384 512; do
        token "$@" --key-alg "RSA-OAEP-$bits" --enc A128GCM
        check "RSA-OAEP-$bits" \
            "$(header '$d->{alg}') $(unwrapped "sha$bits" | wc -c)" \
            "RSA-OAEP-$bits 32"
    done
    token "$@" --key-alg RSA-OAEP
    check RSA-OAEP "$(header '$d->{alg}') $(unwrapped sha1 | wc -c)" \
        'RSA-OAEP 64'
    token "$@" --enc A128CBC-HS256
    check_cbc A128CBC-HS256 sha256 128
    token "$@" --enc A256CBC-HS512
    check_cbc A256CBC-HS512 sha512 256
}

test_serve_files() {
    root=$dir/www/root
    "$tool" dev serve-files "$tenant" "$root"
    check 'serve-files: status' $? 0
    "$tool" dev serve-files "$tenant" "$root"
    check 'serve-files: again' $? 0
    check 'serve-files: files' \
        "$(cd "$root" && find . -type f | sort | tr '\n' ' ')" \
        './.well-known/jwks.json ./.well-known/openid-configuration '
    check 'serve-files: modes' \
        "$(stat -c %a "$root" "$root/.well-known" "$root"/.well-known/* |
            tr '\n' ' ')" '755 755 644 644 '
    check 'serve-files: issuer' \
        "$(json "$root/.well-known/openid-configuration" '$d->{issuer}')" \
        https://dev.localhost/
    token
    check 'serve-files: kid' \
        "$(json "$root/.well-known/jwks.json" '$d->{keys}[0]{kid}')" \
        "$(header '$d->{kid}')"
}

test_refusals() {
    refuses 2 'which command'
    refuses 2 'which command' dev
    refuses 2 "there is no 'foo'" foo
    refuses 2 "there is no 'foo'" dev foo
    refuses 2 'usage: auth0ctl dev init DIR' dev init
    refuses 2 'usage: auth0ctl dev serve-files DIR DOCROOT' dev serve-files x
    refuses 2 'no option --foo' dev init "$dir/new" --foo
    refuses 2 'no option -x' dev init "$dir/new" -x
    refuses 2 '--issuer needs a value' dev init "$dir/new" --issuer
    refuses 2 'use https://' dev init "$dir/new" --issuer http://example.com/
    refuses 1 'holds a tenant already' dev init "$tenant"
    refuses 1 'name a folder that does not exist' dev init "$dir"
    refuses 1 'No such file' dev init "$dir/a/b"
    refuses 2 '--audience is missing' dev token "$tenant"
    set -- dev token "$tenant" --audience "$api"
    refuses 2 'given twice' "$@" --scope a --scope b
    refuses 2 'such as 3600 or -60' "$@" --expires-in soon
    refuses 2 'such as 3600 or -60' "$@" --expires-in ''
    refuses 2 'such as 3600 or -60' "$@" --expires-in 99999999999999999999
    refuses 2 'RS256 RS384' "$@" --alg none
    refuses 2 'RS256 RS384' "$@" --alg HS256
    refuses 2 '--enc needs --encrypt-to' "$@" --enc A256GCM
    refuses 2 '--key-alg needs --encrypt-to' "$@" --key-alg RSA-OAEP
    refuses 2 'A256GCM A128GCM' "$@" --encrypt-to "$dir/public.pem" --enc x
    refuses 2 'RSA-OAEP-256 RSA-OAEP-384' "$@" --encrypt-to "$dir/public.pem" \
        --key-alg RSA1_5
    refuses 1 'No such file' "$@" --encrypt-to "$dir/nothing.pem"
    refuses 1 'no RSA public key' "$@" --encrypt-to "$tenant/private.pem"
    refuses 2 'NAME=VALUE' "$@" --claim text
    refuses 2 'NAME=VALUE' "$@" --claim =text
    refuses 1 'not in UTF-8' "$@" --claim "x=$(printf '\377')"
    refuses 1 'auth0ctl dev init' dev token "$dir/none" --audience "$api"
    refuses 1 'auth0ctl dev init' dev serve-files "$dir/none" "$dir/www"
    echo x >"$dir/other/private.pem"
    refuses 1 'no RSA key' dev token "$dir/other" --audience "$api"
    for form in '' -traditional; do
        openssl pkey -in "$tenant/private.pem" -aes256 -passout pass:secret \
            $form -out "$dir/other/private.pem"
        refuses 1 'no RSA key' dev token "$dir/other" --audience "$api"
    done
    rm "$dir/other/private.pem"
    mkfifo "$dir/other/private.pem"
    refuses 1 'not a regular file' dev token "$dir/other" --audience "$api"
    check 'nothing was made' "$(ls -d "$dir/new" 2>/dev/null)" ''
}

for test in help init key_set discovery signatures machine_token user_token \
    claims encryption serve_files refusals; do
    "test_$test"
done
echo "ctl-dev: $checks checks, $failed failed"
[ "$checks" -gt 100 ] && [ "$failed" -eq 0 ]
