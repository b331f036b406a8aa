/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/* Made by make_seeds.py; the private keys are forgotten. */
/* clang-format off */
#ifndef KNOWN_H
#define KNOWN_H

#define KNOWN_NOW 1800000000
#define KNOWN_ISSUER "https://tenant.example.auth0.com/"
#define KNOWN_AUDIENCE "https://api.example.com/orders"

static const char known_secret[] =
    "a secret for tests only, longer than any hash, and public";

static const char known_jwks[] =
    "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"rsa\", \"use\": \"sig\", \"alg\": \"RS256"
    "\", \"n\": \"q43xqqEyWPq_D1XJrpBWeVQbO0vjleRD34_nnFXyVT_uC3SCRoimR-yIR"
    "l7dON4nPZ-IBqvVJpmOdc29v2Lvb_zGe9nuNuqdpuK4TDS1yZJYVSwhjXSv5KqgtIm"
    "XU5P6-qwyiLSqOGWzhLjvWldrSi1FrOgF2orzODFDwXp_b-CnrqWj-5KoxFWkf83GX"
    "r2bYddxtrDxVC23_qtBmq1XcYyI1yMnldmt-3Cg3Zr61mSAGhZrunAEf1rwApN1C2F"
    "R8TAQYYC_wveFAv3MAAawwdbsC_hVRSRnEmJzAUh_UfEu9JlVQYooyAB8zKOBUgD-J"
    "qzv-DcFYR8ZtxNyK3M2gQ\", \"e\": \"AQAB\"}, {\"kty\": \"EC\", \"kid\": \"ec\", \""
    "use\": \"sig\", \"crv\": \"P-256\", \"x\": \"44UZt9hQa4mG2tgD66enMJ7YzO40uLD"
    "JjGMlpvCMIpo\", \"y\": \"ewY-VjF8TabbARCkkDrbub-WRRt2o2pt38w1zvIMLPs\"}"
    "]}";

/* Good at KNOWN_NOW: RS256, PS256, ES256, HS256. */
static const char *const known_tokens[] = {
    "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAicnNhIn0.eyJpc3"
    "MiOiAiaHR0cHM6Ly90ZW5hbnQuZXhhbXBsZS5hdXRoMC5jb20vIiwgInN1YiI6ICJh"
    "dXRoMHxmdXp6IiwgImF1ZCI6IFsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20vb3JkZX"
    "JzIiwgIngiXSwgImlhdCI6IDE3OTk5OTk5NDAsICJleHAiOiAxODAwMDAwMDYwLCAi"
    "c2NvcGUiOiAicmVhZDpvcmRlcnMifQ.GuhHd1n-3JGNT7JMNZRu1VflZUAVPiWhWAe"
    "wI6nmHtNV2f0rpMKCt82nOmvyCVrtsUfl2-Vl42PEt3le_i6_uCn4mxjSDDvm0I5G1"
    "C9lx_ipk-rxRU7XFe0jHjJB6ZepCo7xC_qhPiGIYmlQZ_eqwpRS5WY9-PU7tCEUzMb"
    "fSuoRj9QFhf6NyNObX2u-8Qj8UFJa7BJtLq_mgg6vg-m6jnYSa_cB0ILulmRF20xZW"
    "B7OomoI_ggJwHOJYdHXEjWJZ8HDqgxmxh-qB7KscX3cVAk9GB0-TudxrelfSDLsNTz"
    "1_Jr4f1n_xysZT4lqH7S8uEOd9AyLLikRpFR_D8meEA",
    "eyJhbGciOiAiUFMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAicnNhIn0.eyJpc3"
    "MiOiAiaHR0cHM6Ly90ZW5hbnQuZXhhbXBsZS5hdXRoMC5jb20vIiwgInN1YiI6ICJh"
    "dXRoMHxmdXp6IiwgImF1ZCI6IFsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20vb3JkZX"
    "JzIiwgIngiXSwgImlhdCI6IDE3OTk5OTk5NDAsICJleHAiOiAxODAwMDAwMDYwLCAi"
    "c2NvcGUiOiAicmVhZDpvcmRlcnMifQ.ZX4kBXFc-FopLv4rl0ga53UWva5--s66laj"
    "IOLARpSRUPuCWot59cER3BU8uBQ0pvYg394RJ_QJfXYJPjoxIzfRxX5N7QKn2i8q_7"
    "i4uEQPElwuMNYRRzAriq0HT9TmAozSjDZRs9YkPkh8YtXow7UYvbU0YTfANd8b-r58"
    "yo1HL2lzy-wv_vASnBDfD_54A7ncHhLxIT2DL7l4qi_mKvcsm1SdqoYH32ZUUmmwlO"
    "9nGgU5iMj1fydlK-L2yOOk-YhnHFyetTJ4UEInaXAvDNZJmy7z93KpA2O5KipYoE4h"
    "S2Z0woL7pPa1rztgeYdjetBbFlSTS8-eUK0Vu0BjVNw",
    "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAiZWMifQ.eyJpc3M"
    "iOiAiaHR0cHM6Ly90ZW5hbnQuZXhhbXBsZS5hdXRoMC5jb20vIiwgInN1YiI6ICJhd"
    "XRoMHxmdXp6IiwgImF1ZCI6IFsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20vb3JkZXJ"
    "zIiwgIngiXSwgImlhdCI6IDE3OTk5OTk5NDAsICJleHAiOiAxODAwMDAwMDYwLCAic"
    "2NvcGUiOiAicmVhZDpvcmRlcnMifQ.aRbkfHUtlDck_P_Qsae31-EM9E_H0i7Ka3f_"
    "_ow2dYekTV2aoVremKr2hebhe458g2Pq2xDxFGaUhzqHOyLvtQ",
    "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly90Z"
    "W5hbnQuZXhhbXBsZS5hdXRoMC5jb20vIiwgInN1YiI6ICJhdXRoMHxmdXp6IiwgImF"
    "1ZCI6IFsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20vb3JkZXJzIiwgIngiXSwgImlhd"
    "CI6IDE3OTk5OTk5NDAsICJleHAiOiAxODAwMDAwMDYwLCAic2NvcGUiOiAicmVhZDp"
    "vcmRlcnMifQ.sMzAPLYfzknbh6rRp5yURVX1NCEBPcOos8DafBYlNe0",
};

#endif
