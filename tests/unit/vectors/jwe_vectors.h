/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/* Made by make_jwe.py; the key is for tests only. */
/* clang-format off */
static const char jwe_pem[] =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwgg"
    "SjAgEAAoIBAQCYIG6lov4xdgPC\nDyNFkZ1a43mu5vAbUb0RxwTDnvRM6hBmmL3Mlxg"
    "/C5/XHz7I/4svlNp2b4rrPtjo\na9TE2x6mhqQlsOyfXqa0xuP1DhX+GslHJVTfQ+wE"
    "3SQjtGnTFR1G3yfkJbrEk6xR\ndiZxBtHUIZD0FDEe96BMHAxmIXyhTgpeyQMZnAVsO"
    "Kx4iE6AtEi5+SEInoQtw3kk\niTM2nwrPSMpJ9r+lAQgGULzya2NVC3nasY10oAcsga"
    "JLx6wQs/RAD6NQ3ecHYhJv\nxOICwvXRkjXH6nP7KYJOyRv4Hb5ywaj7zN7QuBEb2kJ"
    "hOonAU9a1SCiWLPU6Cf+R\ntlCiN2xvAgMBAAECggEAAQfMWlwppH1pzT8Sk05rtBdD"
    "X4hsgc0nJ8h1Q02tRGRl\nNjAhG9uZTDt1I8rUv0I7TqFGbLP0S003Ln63WggD8X4dR"
    "hqoV6sprhCE1KNVJTu1\n7lMV6XKuHvTihf+tf4vlbM0dvmqHS9hNF3GZXlkPHvJgsF"
    "e10Jz07/FUaQdECn9h\ngd66Fryh166wyRHY/hD1lnmhALWQmqG/OQAszJbKepaVZEj"
    "1DiLYjkad+oy5EG9g\n4m+FjmOrRVokhy3vauHDL2U3Ac0jH/Wr5L8wzMSXalqkpkT7"
    "LXius8X6pOI14Wrl\niymzwrGMAuxUPU4TqHhixjKaZwN08e1PdLbORGmrzQKBgQDVr"
    "IjM1PO+F06gmrdQ\nffvT2q3+2NfAyQ0RwFPkWDBjSKrTc+Z20uFTxM8SBdCIURjVBI"
    "9ISxsTAvH8AwaP\n61uxWdBDCHOWebsHb1ApZhKZxwpeG7HdXPKu3S3YUT/JgyVIE92"
    "3ge4ck/cpwuyg\ndyLj0/rjma3Da5wtJjSzsSMrWwKBgQC2QtGOb+dWRGs9JSoNQnhm"
    "CkuO5lXtFqjl\nFgvSJ/JiWqFvjzhp93VaOam5FHwaURb+53JkBivjtw9JQTJJhRd4j"
    "+2rPZTTJ35Z\nT6iDFo1oDxw1jjM5D2eJaJBF1OtwRPZ8I86oNlmswLLZua2zbC2NwA"
    "IUepSOI/VT\nC1cIXVKTfQKBgQCF1ML6SIdCEKcWwNEAgWgxkU5ZyMeZ4FNnQudIplP"
    "oW6NjPbyj\nwAGRzjtENpAeUW0UPv7fcOtMRRP7nImHqwqLUo227pw3K5eRWI8E3wHX"
    "f2tm9kG5\nPHZkP/RvALTLKnE3a/n67k6NZ7/vUD+VYglgWW1TEPZc6BGx1bQ8uD4m8"
    "QKBgF0b\n9YIWmM/xU/eArOLpOiimycLO2Mat9MpTYOaTkbe9JQug1ukLid/15UavuF"
    "aZZm4C\nPuXqYTGLqzt5Gv+EBmGI5Zm9c/ILEvj9QND3DHZEgdy6MGDOBc6kpE+IXl6"
    "UXHc+\ns6wrV9Rw/O1NdfdbJEpt9KIRnSKgLAuol2WmhzDhAoGAOUkKL0uh6g6/eK8w"
    "MvFe\nGa61PwvL/jyXoShxJ9P/oLSm0jBFEeKyGrhBSlSiCnaFkIPDS6a3KQI8+MeZD"
    "P82\nJp/9BzrCyVDf89zf1k3sDwevSzBALbLkcdCGSqfCrZuapIVx86BSYsZSGA6csD"
    "Or\nRCpvWTdiyvlrq5JmPp5tuwU=\n-----END PRIVATE KEY-----\n";

static const char jwe_plaintext[] = "eyJhbGciOiJSUzI1NiJ9.e30.AAAA";

typedef struct jwe_vector_t {
    const char *name;
    const char *token;
} jwe_vector_t;

static const jwe_vector_t jwe_vectors[] = {
    {"RSA-OAEP A128GCM",
    "eyJhbGciOiAiUlNBLU9BRVAiLCAiZW5jIjogIkExMjhHQ00ifQ.EP5iznbZUsoF7Xg"
    "Y29F0Ztc43mv4cMepcXPySzj24WV43U6Oph1JtTTjV5lyLK1cBgwpjwkctB2i2O4D-"
    "yC-A4cVzLvDKUePxCOZE4lSCk5FlRmYtErq6kGA0doIQ0qBnIq2XpctyR_GRAuo_G7"
    "z9MEbU7Hm_Pmbmii1lTeDV1j9tAGvtwLSCIaGKHUqgxCVD66oTVOaaXD8OZoygsdqS"
    "GFcNlt4bMGIBRTS53vGVYhbCAACHdWTCfoCW_7I0GbMgP9XFQTplLfJfvDbozpzNqF"
    "nhmJw_WVj-X8mCWL1WjQozUc8I5BtrW4PQuCYMEf2l7LwL62ppa1iH33QH_JQtQ.iN"
    "KlCFRCf5Wvbg6Z.BYgLTCl57tTPlua0RNEdZ2OHunucfFZUHI2xW5s.puqZPmrCw9l"
    "F9jMy1WkdrA"},
    {"RSA-OAEP A256GCM",
    "eyJhbGciOiAiUlNBLU9BRVAiLCAiZW5jIjogIkEyNTZHQ00ifQ.Hzw0bCTG6FIiKL0"
    "MnmQjaEaOpnOgNJdIimlGUFM4h_SAcXlq0UbdnFqsJjEO7rqMhi90ND8enD0R2utw3"
    "UgIJxp8wGgsSJVLo_Wg9HYdtQT_K_9WzdSUBEVBDBiETgEHnQQP5CvbPaHXhYHMVlw"
    "E-HitnLqNx1gVIvmOyOPnwsLO-DnHkcrpafk262-cwGqaUNnbxbrGwNsbMbb4X6XdS"
    "vw2i-isJTai0xNGs5qdSH1LFqeUTW6SQFfNy-hcuzpB77D_Ti-zrb27RK4d2UooiT0"
    "4_2IinCJeTS32-t54ZEzzrgnbB-ixJFXa_exL7eURijSTE4mnlqFr9LtDYggiNg.Pb"
    "Jwq79caRYir5pK.KrePFzdP4eR0AfY27I2KKoY2N4iE6Bg76GiE5hY.itWvN7RbZcD"
    "OtISbWanFtA"},
    {"RSA-OAEP A128CBC-HS256",
    "eyJhbGciOiAiUlNBLU9BRVAiLCAiZW5jIjogIkExMjhDQkMtSFMyNTYifQ.OIFXe2r"
    "LfUqZk6lRPrXv6pZyE5YmkrP9KBV3ju5SAaVH4igE-nPU-_kSL8Bi15jX6egPryGei"
    "-cf6VjWdJvBuIMhiQ26406q5I4AaDXafpRuajEl1a8a2UMLRwnvZ8ZkFGfyhxhPlsh"
    "x39qseFP_5qlxyOGKVBBBLeDD7irwf8X9WvMEOC8l1I8tLaaHD6KQWPoEdC-TEdy1j"
    "2FG-HDB_so6R7mwMC9MwDWYJ37uUE5q-X8HiDovQS2I_InGkMOjYtnBU7CM5MeA-NC"
    "pJgMuQuQLvtzBLmKp5Sf4JAO3JBcfOMmzIo_Suk-CQvqfQmaRrLfKIDsiWGFfLhkIu"
    "TfMEg.wsV_yzjCzFXupeVduAzoXQ._olGiXItmS6y161n8haynKsQ9YVKbcGXkv8QJ"
    "zDLFxc.AKkDR_V-qAH179hwBOyIcA"},
    {"RSA-OAEP A256CBC-HS512",
    "eyJhbGciOiAiUlNBLU9BRVAiLCAiZW5jIjogIkEyNTZDQkMtSFM1MTIifQ.CcwMLjN"
    "6b8x1M8KNeyOjlUD4x6IMFH7avDINrfCN8mRwfPuuFio5cjbDx6qbk5g_XT5IkvZo1"
    "2O-K7CpdpAZjOJzcjDk0nY5eUOoPf8QKDIozjSim5UcZBDP6kGVbL95mqDwfTSA5e9"
    "F1Y4Z3YD1dEB5nLSijdzUJwvdqEt5YEPZNNTj7HoolWvnSQsit8QAzclYs1hSFtCx5"
    "rlipus6kXCGhwuvSLZ6dxVFg5lQtoLabFdO6nhMdeWSvVMe6f29FxoPHy_Fz_20p0k"
    "CzQABOr7uDOXYCDnTW-R5HJuAN_kjshqpTME829gTeP8IC8FEl_zsAddQx_C-z5mQ5"
    "B3TOg.AemNqflETlF6NQDLj7156w.lS1bEwECR_a7URnvVSydjJA-OoUwUeifhTCTD"
    "s8XkoI.rrJm28aD0gLIyYOy8qO-7_sEnRnwW3Th-d3zgFPptUk"},
    {"RSA-OAEP-256 A128GCM",
    "eyJhbGciOiAiUlNBLU9BRVAtMjU2IiwgImVuYyI6ICJBMTI4R0NNIn0.f3ktTzHFsv"
    "mXeOfp9tXo-aSQo6i483oAHKcqDQ4bHpEE39nYvXUqaXmqgqsMVTj-FsWf0Nm-WJ4c"
    "3H0cIG0XCAwKO9nKxj7JKjRcIdAtwok_2pqvnQGPLCF_u8iusYVAOEUwQ1E0TC8Roz"
    "eIz2q7KGQLQqSt7bPTMzjP9C6OFzz_tHIJllaXY7gFi77yupTndTW7NwjKLeAPhNTz"
    "kpaPSfgkifnHl7vV2QeKDKC1CHa6Q2JCdfsu-pSb4YdURFRrtqYcuai5GkthlCT7d-"
    "tgQYmNugujn1b_vQITkTaq0ofqAaPTDGm5WgPYKV7V1OQBhhK7i7birrfXvITIoBv8"
    "aw.MSpLC6eNIeoC-8H2.sLFe3bf-qiSL7Z3mrZqIt-NgMzXSoHYaBbBDpoo.9k6TTD"
    "MlGV5yyvFRMyaFRw"},
    {"RSA-OAEP-256 A256GCM",
    "eyJhbGciOiAiUlNBLU9BRVAtMjU2IiwgImVuYyI6ICJBMjU2R0NNIn0.cv8PMKXPCF"
    "u4ioHm_cMAPi2sh4oadN9UorJ8XCX_vPNKMhndsfZq_VLzQ0mgEuMFXpFUMxTOf3YT"
    "8ivslmJEvoyMbqFHpGJgf3zNydOKe49mbAC71i6HdEsszzjSKYiZ4c71nhH7EaYeOy"
    "1KWIkqjnGUkAt3ptN8j-tXTk8O_QgUzzsIZFZU_ZDLr63NfVHZ1kMTwpsCGAo1xlOG"
    "Vo8VqGKlPk2XxJvwy1h_k-ZBXoCpszoEkrh81LsAgqBrPSTg-qp8G1wSxa0DTMEIQw"
    "EgU4p7-iUu2ueD7xXlYXvpw_cE0szHUM01r18SA59C6wSyKMMia-cmX4YZk5hWtudk"
    "ig.tWD6Dd1jA3X7tWxs.cXzspiV1PisQSP_2uVWGx_uSNjsRvTIKIUT6L_M.G6mJKn"
    "dsH6kGX9vJHdVKvQ"},
    {"RSA-OAEP-256 A128CBC-HS256",
    "eyJhbGciOiAiUlNBLU9BRVAtMjU2IiwgImVuYyI6ICJBMTI4Q0JDLUhTMjU2In0.Ih"
    "Z9hd3GNzjXM_Tw-yKXypY3DPwBnjslMFHzWO_BNrjTOUTfQdS7z3dcllkTVt43ZE_8"
    "IyK6ZwSYnoHhW8H8GQw_TTlp-2fwM58BK9Aw6K3dyeNbmKKrkY3G2Ck2IQEjsdrLdR"
    "RR6rW-0OhotssSKd5zEs16kXmpDrflwa3WOFXxLFw9HqCvyknJcMJElAQc254p5D8z"
    "klpRcOj__wBoGaz2ebXSzjzC4FjdVP9WhqJmosP7k2ZcF-wi88bidKZvyaEccuaWAY"
    "wMhwLXYJ7ai3EONFFM7OIU5PiJ_xxpnuySmfJfNFGUHg3ohbIM4vD0kRksdRfI7SHp"
    "nI7lFW15uA.5TNoTv1jOeP95XxbiLGjGg.QVENGei6p7J17hjr7XymYZEWM2Iyt0D3"
    "LOI4nQ6kAno.928FNBp_UaBHrcft-PEEMQ"},
    {"RSA-OAEP-256 A256CBC-HS512",
    "eyJhbGciOiAiUlNBLU9BRVAtMjU2IiwgImVuYyI6ICJBMjU2Q0JDLUhTNTEyIn0.GK"
    "H_qM8FjF5ujvo8tW7NmTPXI70NWt9BDoGrCd10XYPy_KiYAQq5RF5n2BhcVLjzdfF1"
    "qeBReBP60_zhM1Mls1wIwZkbWKK4NH_QUa6XQq1DIhhsn6f_cUeMp4zTp0moRF65Px"
    "ZrCWKUlvsMmDw95qMk7XyucyP9lQb7N9TxePK21yUbZs2Si5a0SjIj8am9jqn3fEI4"
    "Kf8Xrh_zQqPqeHoW_Snx8bJcBBSDvje9AeIk2Jy0ntEdzX1-tlWTVZ6tf31uQMSFEo"
    "dVYVSjJ5ALNGLNXBNOMUnwGCSjgvcPpg65ilsmcn_ohTB1eAMRWjLz5bt0XrAE-xJa"
    "XrnV2EY33A.LL7lQZRsXtoZrXqQxjLLGQ.XjbWisdHiU1_Jkuid3lM9dhmg_t5KlMt"
    "wjk_h37sTbA.owpGejDcurQtIN96vCxMHHFUMxHZmnpgpYD1KnAIRRI"},
    {"RSA-OAEP-384 A128GCM",
    "eyJhbGciOiAiUlNBLU9BRVAtMzg0IiwgImVuYyI6ICJBMTI4R0NNIn0.KbL1UpmU-r"
    "XdIU6OW4KEePuIgougXqmay8XLMaIThKoo_ruS9wxElq6SWdxA0_Je1ZKxPUDxUzpn"
    "HsUG1K--Z5LnuTDNt4VX-K7Se8EBza2MIYlqXKQMymd1RPsndpyQwzavJLiXfRM37p"
    "_3Ss7X2H84tZzxHZeCttgy7d74IZEhFNBrebjvjJ3Y5DC48HQu0yjWRYsaluGmDuEN"
    "rT-nnnGpl9c5b17ueLDMWdhU9qMe5-U0Y8OtadSrG6DlSW_x0eB6IBOtR3HiHGBvgD"
    "D5A5HaxtVbzn9XAA6-Yg9pI7Jrxm_cW5xApbgjDPM4ro1Vw27bs_OcDhhm_uKBaJOM"
    "Gg.Q72jy-t1AYT-cRKT.jMVSwRtzBOZhCJAomhZrCwFrzC_5gxpplft_MFY.aJe-Ez"
    "l654UrWrXgUzs5eQ"},
    {"RSA-OAEP-384 A256GCM",
    "eyJhbGciOiAiUlNBLU9BRVAtMzg0IiwgImVuYyI6ICJBMjU2R0NNIn0.TdVv7Svi9K"
    "3o23uHIBCXs5q0iQ5bdPNxqnP5-WwWK2QHlw-30B_qWbm7ArzLxQqcGanljr8guVFa"
    "S7Ol40P7y6uMmAPcBU4MwLNfVVFi0RlAdRcIrmDdp3rLLKECY4lvZKBlanAJS_tWG2"
    "nFhwNUDso3rTJMz-3802zKhmBGVMw3TEJb5h7MdWLP3Uhe4qlfEOwzp97vjrlHWL9I"
    "LDV5wD2kT7V1-2QJh-viOeOu4bWW9GhIC7Dx3vGWdorilTCQ_L0SF7D6qTi2-kfwyV"
    "1X7Q_8zndTQRDATYbStA95dh7WzM5vNfJ9BwCLb_SH_fHl6O2Jt6bd4_3RXTi_k99e"
    "Cw.YE2q62MCE7HRTHUG.NSMcqbIMUaa-Dl5BN9JEennnbe7kwEz28R-zkxU.MbkmJG"
    "z_35T-68jXbpUGqw"},
    {"RSA-OAEP-384 A128CBC-HS256",
    "eyJhbGciOiAiUlNBLU9BRVAtMzg0IiwgImVuYyI6ICJBMTI4Q0JDLUhTMjU2In0.eC"
    "K4WpSoiyPZScfXnYEVw9-QQazMTf3rMQQZRrjc9Q78eb8DASadGaCv9ZurE_HNX2BR"
    "u8adH4K8AI5-J5EcjJB3S2kXAb5Jfmugi95cEXESAJ3vH_YIwohsGK4buqpCJJBkdI"
    "RJiH6I8L_m00ihR54eUEV_RK4DFGcVxVlLiprPSsQeestlb6jBdoLWleGuQVdALwwk"
    "7dgUYFnZgRff78Meacu_tVLDx0V6WDseGILRU9T7lHLaS_YrnpjbPxmaOlpEzzfEPa"
    "3mTCtTRRFn3khGMv8niXYD9rEHipVj551hA41mQw_VNnOry-rU3Q16MHyYYRtr_i7b"
    "R60CZ4YhmQ.T_hZWgQb5wnemZcSfoL_Uw.gjsbw0FTcHyQQb6r3I56Jstw9kgyMyZM"
    "gOBWKnnWLHo.JzsVtAQuea9bNhbo_4II2A"},
    {"RSA-OAEP-384 A256CBC-HS512",
    "eyJhbGciOiAiUlNBLU9BRVAtMzg0IiwgImVuYyI6ICJBMjU2Q0JDLUhTNTEyIn0.II"
    "sHxf_kQlKP_zDLnW4XlyJUHw4f3XiUzN2Aq2TwDUo-13FmFCX8VXeRch0oSEWL5R4y"
    "Enr-jYxoaBQE1J4UoSdqCPo-zgDQHvIiaPB_vG-H15PTdLT25MVaDWGzy67egleAaX"
    "9kmAYWZVFdOFaKr6jff_mabGcXKGN7xMggYoKGePURUzc1AP5ra02GQriNFjUgK91l"
    "QI2jd4f74WYNjQDQsRZ1DYTxWlexwkV9-JIJALWI6gM0rqQ8XHzbD3lJ-hD0QWtjbg"
    "hWWwzLfnUmCHcZVizWSZpSw4NO6k13bdwb1LRapHa29TOdbJpsvyvVADgxcOc733zb"
    "poMzLHKS8Q.NsUWv_X2aK-CE7d4YiAWgA.OXzqiHX_IQ2D0nh-nXr53yTJDbINGkpM"
    "AkPxrGRdFMg.2y9KY4285o44rhypTArdMvZ679fThEFKTSsFvrPBtYk"},
    {"RSA-OAEP-512 A128GCM",
    "eyJhbGciOiAiUlNBLU9BRVAtNTEyIiwgImVuYyI6ICJBMTI4R0NNIn0.OCqKuHPswx"
    "l9wKGnxbMH_OpwrJRN59ZTXcUPD0srburkgc0AIQHgeAj4BD9kkDbbnwTPBdg9MieF"
    "3N1bzYhkjU7b1EHtDBb6QZA0AW8epiteFGWsG1i_ZfScvI0O8Z1G8WqcGnLx8HREmg"
    "EPR6PfqHkG3jIBqEMxxkNd3gL1Ay6nfofIJuSiS3GnDrqkteKjpUJ9oUhTzIUOHXFQ"
    "F0mNuNLlnGwHgE3DVvz-MO40uD14tH9W9p3FSdpwJH99zp1ZLROqFX706jDhtHh47M"
    "OUN7PtvnkVSRtTYpn99Qn5zvBN3eZ51XpPgGEICYGBgTzRvUd150l_nL3BQTfAWZwv"
    "Ng.-vfBytQeUFk07sLR.R96l9K2XPzd3DNmcX-1zjA-CUPOhI57OQOwvsJ0.6GV6Hn"
    "zK69K2Rk4YoScDiQ"},
    {"RSA-OAEP-512 A256GCM",
    "eyJhbGciOiAiUlNBLU9BRVAtNTEyIiwgImVuYyI6ICJBMjU2R0NNIn0.F4dCn-S1KP"
    "cemltxeWSDVnTxnuz6DKJlb_VvJFSuv8wbXQ84BpvOvgYT7Qsgz_G01EUL6kqDDPnC"
    "pxt2bhzCgMy63s_sdORU532Pjw5Q5jXwwGr6hIpA7kh4jBge_I_nZTc15i9yLxQ6f-"
    "xAMljlbE-qtZsAHmxKmJVSgGxH_UGkSa5keAUFyV9VMbsJTI1Gpm6lW4nzssSaNSR6"
    "Cf2sQ0G3gDD9CEVSi3HxkHfZaZ_0PkVrlz6p_UupWCb7Uo3mR4BdxnDIiVjyJELRJr"
    "8D3iUAEWhoM_GRY1xz7dDDeR6fTIVbrLab4wHwHGyops2pTU55G6Q-mCHv1qohXODX"
    "vg.T74fD65E3m8mumfZ.89sKu-QxemNvbv8gzRiSMiNBOn4g6w8AQCH9bzQ.54XKGp"
    "ZxndHksNmt7fz7iA"},
    {"RSA-OAEP-512 A128CBC-HS256",
    "eyJhbGciOiAiUlNBLU9BRVAtNTEyIiwgImVuYyI6ICJBMTI4Q0JDLUhTMjU2In0.Do"
    "9kKz2m0FuG-0Ftqo3t4QaV7UqqCYZRbRoJqqGE-g4mhwQ41et6lR5ouz1J1ULgcaqg"
    "6hjbs04cDSiw7sCTuFSCai6x9AsXfTCIPVW6ZoGAab-8UqqZOjQ9UnzfxEc5C6x4Nj"
    "VXMh4ehsGFv_DZ6X6HlCUaDvHGX1mFD1c7NpyXY8WD5WJaheic6wS4NNUo2RgQOITF"
    "jXqS_dXbesnm7RGs4-cRYywp3JYUojyttFHbaJhViUfqsLarBd4PITw3EPxJnhq2w4"
    "PpJjHEbOEkbvXGuiwaOdGQyUA3TehZGTXhBcTyAdFLb__BbkPLYX3kRsde2qwhtWal"
    "HsOS9aPP3Q.YArpYbBCfomvmSUE8OKrOw.dSgmytcuomWX7BfwJ_Mc3IiMyz4truJy"
    "rhz9-dkCCHw.jZqyZB4Q5z0U0P1tl9U1iQ"},
    {"RSA-OAEP-512 A256CBC-HS512",
    "eyJhbGciOiAiUlNBLU9BRVAtNTEyIiwgImVuYyI6ICJBMjU2Q0JDLUhTNTEyIn0.gL"
    "19q6BUawjo2HVidTcva7tY7oPsiwVtm1QXb8bJA_FHem_-pp4qWK6es1kW9qD8-2hh"
    "_NKHv2PPFxVnmK48DtndK1Ij9ypLk7Q2M0N8DKreDDkISxq638oJXPyl2NXf4KHboh"
    "cR6ixi0XE48C3gaCG2fH16DDwjnXC9lF6EhCuK6P79dOxXtDbfHUUE6XW4m4GWucrb"
    "Bi4pJ7sI7jggXEX2x9__q7D5ETlXoR96gqNLZhtMl557vdGMGRgLVc7zqjLChFpJZP"
    "9LWQD1cILFmEFheMmSDCTykn3VdzR70f13ENPxSwtVl7fbwBDlB7sPTZH-OhT3mtDx"
    "FCOTD8aR_A.4XIoFaHWA3hrQC6RWOOu5A.ErNkHo8C-2UyqU2l4Pgj8qEqkWq_fPHQ"
    "PzUG_xbjphY.-uOQ1KmJRgCm_CwzeDfFMsTBJKeaETcsh4WfAYJlFnk"},
};

static const char jwe_rfc7516_pem[] =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwgg"
    "SjAgEAAoIBAQChqFQihbDQrS6w\no245HofjCR/igFRcdPFG+BvjwT4FW/GR4M2NsLi"
    "F7ytRZwmhmZ2zaHszvSKYRWFF\nTl2Mg1e2qWVcjgMWpwjUOCNP0t7A0PwxbYqt/dKm"
    "yT9mSgWeKVqQbKBPClne56wf\n48UAE0hRik6I3Xl2xBGSCvS8SHE33aLZqxs56dJl7"
    "JrHOIrvZTDGusqgTG/qRzm3\nBdOriH5AKEs6WfT+a1RnB+xFoxK0+zqZLpeuDGfFta"
    "GiN/rre24RC54YL4UIx+tr\nfoL2ScMUbMqw1rstkrZ2NiDIPclH8wH/g1Qlb9Oo5C3"
    "AdhvF6+gkCub4vlK2jCPM\nbL79urobAgMBAAECggEBAJC3bSI+hmw5LPwKQkk2ELXp"
    "XDbbZSojsj8zK1x3iPsp\nNRe/pKQ8WOPlmOTVleSp7WhHl0tY/NhN++ccYVjB18r42"
    "HnD0/X6cEfzPYFfJ/R6\n4dmp06Uw/dw7etsqVt8g7CcwZ0562LtYsFkYASqxGGOOqg"
    "GSKwNsQMJ5tl+7hkdY\nYIZKg6dFao95G0gs9V8nwrOvy3oQcLcRyMofEYqcuNKduJq"
    "DgG4MVcN68U/75bd1\nFXuFjtyZCTs5aVH/ik1SNj7YJvnQEcUxLRPonfuDia9Ifivl"
    "RbN1Up3VUyM50sX8\nq4/CCy+jBv1L/GALu1SC0gd5TltPOfuKhNw84K044MkCgYEA1"
    "r52Xk46c+LsfB5P\n442p7atdPUrxQSy4mti/tZI3Mgf2EuFVbUoDBvaRQ+SWxkbkmo"
    "EzL7JXroSBjSrK\n3YIQgYdMgyAEPTPjXv/hI2/1eTSPVZfzL0lffNn03IXqWF5MDFu"
    "oUYE0hzb2vhrl\nN/rKrbfDIwUbTrjjgieRbwC6Cl0CgYEAwLb35x7hmQWZsWJmB/vl"
    "e87ihgZ19S8l\nBEROLIsZG4ayZVe9Hi9gDVCOBmUDdaDYVTSNx/8Fyw1YYa9XGrGnD"
    "ew00J28cRUo\neBB/jKI1oma0Orv1T9aXIWxKwd4gvxFImOWr3QRL9KEBRzk2RatUBn"
    "mDZJTIAfwT\ns0g68UZHvtcCgYBkr5jATt2JSHSpHW1HvDxYe2iUPHcxn85OjCIW+B9"
    "5DdKKt6xe\nOb2BnkouExe+j67P4pQlYPFLmkVD8zR692jV0qJFONXD/Hg3KrJc8zmd"
    "Qs+RylTz\nbuuelnMAkql2FYCCqtcYoAQJAfRe3i1rOeOd3/NWkCZlmrrRY8wEx8py4"
    "QKBgA6t\nIH4CdQ3RRl4i70BGZ7ihDdFFJrCQcZI8nXN4+GWHQYjEQMvOsdLxwo8sHD"
    "JWGIOM\nqAuGGWvYTVXLI6gNxXoi9fa5PIOkJ9vU7dHI/Kqshac/bzQwVHwgIiVXhEj"
    "oyQ2T\n2B3R2PL9W/qPmdl+bby8fkwnpH+6Mcnig1Kilo4rAoGAVIMpMYbPf47dT1w/"
    "zDUX\nfPimsSegnMOA1zTaX7aGk/8urY6R8+ZW1FxU7AlWAyLWybqq6t16VFd7hQd0y"
    "6fl\nUK4SlOydB61gwanOsXGOAOv82cHq0E3eL4HrtZkUuKvnPrMnsUUFlfUdybVzxy"
    "jz\n9JF/XyaY14ardLSjf4L/FNY=\n-----END PRIVATE KEY-----\n";

static const char jwe_rfc7516_token[] =
    "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7"
    "LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr0"
    "5kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2D"
    "a14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqN"
    "zo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9Q"
    "cfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg.48V1_A"
    "Lb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFSh"
    "S8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ";
