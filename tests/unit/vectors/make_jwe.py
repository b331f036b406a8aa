#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Print jwe_vectors.h: a private key, and tokens that are encrypted to it.

Made by jwcrypto, which shares no code with this project but OpenSSL. It lacks
RSA-OAEP-384 and -512, so these two are added to its table, in its own way. The
key is for tests only.
"""
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives import serialization
from jwcrypto import jwa, jwe, jwk
from jwcrypto.jwa import JWA, JWAAlgorithm

PLAINTEXT = "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"
ENCS = ("A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512")
ALGS = ("RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512")

# RFC 7516 appendix A.1: its key and its result.
RFC_KEY = {
    "kty": "RSA",
    "n": "oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUW"
         "cJoZmds2h7M70imEVhRU5djINXtqllXI4DFqcI1DgjT9LewND8MW2Krf3S"
         "psk_ZkoFnilakGygTwpZ3uesH-PFABNIUYpOiN15dsQRkgr0vEhxN92i2a"
         "sbOenSZeyaxziK72UwxrrKoExv6kc5twXTq4h-QChLOln0_mtUZwfsRaMS"
         "tPs6mS6XrgxnxbWhojf663tuEQueGC-FCMfra36C9knDFGzKsNa7LZK2dj"
         "YgyD3JR_MB_4NUJW_TqOQtwHYbxevoJArm-L5StowjzGy-_bq6Gw",
    "e": "AQAB",
    "d": "kLdtIj6GbDks_ApCSTYQtelcNttlKiOyPzMrXHeI-yk1F7-kpDxY4-WY5N"
         "WV5KntaEeXS1j82E375xxhWMHXyvjYecPT9fpwR_M9gV8n9Hrh2anTpTD9"
         "3Dt62ypW3yDsJzBnTnrYu1iwWRgBKrEYY46qAZIrA2xAwnm2X7uGR1hghk"
         "qDp0Vqj3kbSCz1XyfCs6_LehBwtxHIyh8Ripy40p24moOAbgxVw3rxT_vl"
         "t3UVe4WO3JkJOzlpUf-KTVI2Ptgm-dARxTEtE-id-4OJr0h-K-VFs3VSnd"
         "VTIznSxfyrj8ILL6MG_Uv8YAu7VILSB3lOW085-4qE3DzgrTjgyQ",
    "p": "1r52Xk46c-LsfB5P442p7atdPUrxQSy4mti_tZI3Mgf2EuFVbUoDBvaRQ-"
         "SWxkbkmoEzL7JXroSBjSrK3YIQgYdMgyAEPTPjXv_hI2_1eTSPVZfzL0lf"
         "fNn03IXqWF5MDFuoUYE0hzb2vhrlN_rKrbfDIwUbTrjjgieRbwC6Cl0",
    "q": "wLb35x7hmQWZsWJmB_vle87ihgZ19S8lBEROLIsZG4ayZVe9Hi9gDVCOBm"
         "UDdaDYVTSNx_8Fyw1YYa9XGrGnDew00J28cRUoeBB_jKI1oma0Orv1T9aX"
         "IWxKwd4gvxFImOWr3QRL9KEBRzk2RatUBnmDZJTIAfwTs0g68UZHvtc",
    "dp": "ZK-YwE7diUh0qR1tR7w8WHtolDx3MZ_OTowiFvgfeQ3SiresXjm9gZ5KL"
          "hMXvo-uz-KUJWDxS5pFQ_M0evdo1dKiRTjVw_x4NyqyXPM5nULPkcpU827"
          "rnpZzAJKpdhWAgqrXGKAECQH0Xt4taznjnd_zVpAmZZq60WPMBMfKcuE",
    "dq": "Dq0gfgJ1DdFGXiLvQEZnuKEN0UUmsJBxkjydc3j4ZYdBiMRAy86x0vHCj"
          "ywcMlYYg4yoC4YZa9hNVcsjqA3FeiL19rk8g6Qn29Tt0cj8qqyFpz9vNDB"
          "UfCAiJVeESOjJDZPYHdHY8v1b-o-Z2X5tvLx-TCekf7oxyeKDUqKWjis",
    "qi": "VIMpMYbPf47dT1w_zDUXfPimsSegnMOA1zTaX7aGk_8urY6R8-ZW1FxU7"
          "AlWAyLWybqq6t16VFd7hQd0y6flUK4SlOydB61gwanOsXGOAOv82cHq0E3"
          "eL4HrtZkUuKvnPrMnsUUFlfUdybVzxyjz9JF_XyaY14ardLSjf4L_FNY",
}
RFC_TOKEN = (
    "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ."
    "OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGe"
    "ipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDb"
    "Sv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaV"
    "mqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je8"
    "1860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi"
    "6UklfCpIMfIjf7iGdXKHzg."
    "48V1_ALb6US04U3b."
    "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji"
    "SdiwkIr3ajwQzaBtQD_A."
    "XFBoMYUZodetZdvTiFvSkQ"
)


def add(bits, digest):
    class Added(jwa._RSA, JWAAlgorithm):
        name = f"RSA-OAEP-{bits}"
        description = name
        keysize = 2048
        algorithm_usage_location = "alg"
        algorithm_use = "kex"

        def __init__(self):
            super().__init__(padding.OAEP(padding.MGF1(digest), digest, None))

    JWA.algorithms_registry[Added.name] = Added


def text(value):
    lines = [json.dumps(value[i:i + 66]) for i in range(0, len(value), 66)]
    return "\n".join("    " + line for line in lines)


def main():
    add(384, hashes.SHA384())
    add(512, hashes.SHA512())
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key = jwk.JWK.from_pem(pem)
    print("/* Licensed under the Apache License, Version 2.0; see LICENSE. */")
    print("/* Made by make_jwe.py; the key is for tests only. */")
    print("/* clang-format off */")
    print("static const char jwe_pem[] =")
    print(text(pem.decode()) + ";\n")
    print(f'static const char jwe_plaintext[] = "{PLAINTEXT}";\n')
    print("typedef struct jwe_vector_t {")
    print("    const char *name;\n    const char *token;\n} jwe_vector_t;\n")
    print("static const jwe_vector_t jwe_vectors[] = {")
    for alg in ALGS:
        for enc in ENCS:
            header = json.dumps({"alg": alg, "enc": enc})
            token = jwe.JWE(PLAINTEXT.encode(), header, algs=[alg, enc])
            token.add_recipient(key)
            print(f'    {{"{alg} {enc}",')
            print(text(token.serialize(compact=True)) + "},")
    print("};\n")
    pem = jwk.JWK(**RFC_KEY).export_to_pem(True, None)
    print("static const char jwe_rfc7516_pem[] =")
    print(text(pem.decode()) + ";\n")
    print("static const char jwe_rfc7516_token[] =")
    print(text(RFC_TOKEN) + ";")


if __name__ == "__main__":
    main()
