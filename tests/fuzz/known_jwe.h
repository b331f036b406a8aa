/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/* Made by make_seeds.py; the key is for tests only. */
/* clang-format off */
#ifndef KNOWN_JWE_H
#define KNOWN_JWE_H

static const char known_jwe_key[] =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwgg"
    "SjAgEAAoIBAQDYzk77w46PIk0t\nIJJqsfRvruJdALWCxGxCVRDqOham47K3VNHB8w4"
    "PIwufVoujGIZftbg9AtptC02i\nXANZ0g+CVOxTi3K/2pnQW3+1l2i4U7bs1HMXtUZD"
    "KKVTbWzLpw4sMSqDr3Bihkkq\nbUUU7nUHN+NhWFb/eXE3u3CqhG5B31RGw267SMrdA"
    "baJspPoGZS5YqErKehyBV8b\ntqY/zJoR/HzP6u9pUhQ86HIUxhqAljnORh/AY9J8F5"
    "PVoX2uF3M50UOu43xknSNO\nRya97dYZuocbkmJ1LV5kaekv9bloYdx3zQn5lB45DMM"
    "GNxIx8KRy8FiVcJ0T2Rxa\n3pQ28E5ZAgMBAAECggEAEK6zTNPBMkoBO+yKh6jgy6qJ"
    "ItSNTZ4f9xdaQVkDPt08\ny7bm8FsWT7DdJz9paD0uCHWlqGrXSYEPUg5teD8Ies6zu"
    "UFSLOlntizMOLoJUKGp\nwjMeFgrDTiNLBrk1Sr20gqRX2/Z8bysGZzwtjsztzAaPZF"
    "aqqbwmVj5XOYUOLNrw\n8+bGCQDj2LUhKbqAi20+e+aiYpRWoOVamM6llC1JL7LrWgw"
    "3DHWU8fFEaTnFblYh\nY3lNRhpBOaCkHVB/uBrdTP4g9bdMk4vMy0NWpQzwZdoP81Wt"
    "1g1IbBqiKfdLFysl\n5w6zj8bgstDXNZE77nBQAJLBxxwcWy9mT/TR0WoB/wKBgQD2I"
    "2ojgJLKrpLVWRGl\nVUhPuH43zA13RS9/A+6S48RIrpJG+/vxiqTE1s2lH1/vRsAdBq"
    "qBdsDqgGH/m0eP\n+lWKuqBFt/9RSPJtb7JJIjKq6rBTr3mMIJnpwUDYtvrElOC/4w9"
    "fZ5Bi+1W2CYto\nNDYYcqfdMcmppiFyCMn9D0oRdwKBgQDhfgmjXm+7hEC09r1UYMpr"
    "uLCVNG6CoF6J\nEJpTOyBr3x/E5OK+cmfCIp5dqAyYJT1Sydt1tK59R+xIdphihBFeb"
    "Ejydy2x/Yka\nhDz+9Usfzlnrq8Z4erYjUT+Bfv1bOtVEpCSPpieMJYgtJJVRqNZI2D"
    "u0iDvsP0nI\ny6OmR4wSrwKBgBP+1ISF0Wb9v5ftYG2Z/AHd7wMBZKanzC/5VcxBDJU"
    "K+X8iwVjh\n9ni3KoWbguOhT8IL5JYX25wxScTGDI45u/FFL/f59pfX4TnatRUT3iHc"
    "Zu6ldq5X\nh6lhta7lToHhxlBQVdNeSnCAEnpzVAvnEe3ygoiJnuRVRqpI5H/WWiIJA"
    "oGBAIdd\n8Y1IkQziLTI1+Zzg6kPWwPMhYcI7YeUouWyDz0fSz7CUs2YfKhjKTYXt73"
    "mayYCc\nu4mi6Sk+dyNdRsfFfuPPX89nKmBy0s6/Whq4yNuUNjkbiu8iw5raGKS1xoT"
    "xAbzO\nSUCPP6iLk39+OcGm+NUMMnODYW3G5JWNYnXc98LzAoGAZ3PZSoVrzhtn776D"
    "d1rX\nFpyg7qRi8geO+EB17RfOhzNXlqXS1iT0WrY926Mxsl7EQgte48yWMNR3+xxgs"
    "9zt\nHnTbodLXoUZrsx/Jejm1LwfSEq43B2bqFMYEenmPdjZqxn7EWWSvJuR87XyqWE"
    "iv\n64PyIKpRwG+0UbHS5msHEkk=\n-----END PRIVATE KEY-----\n";

static const char *const known_jwes[] = {
    "eyJhbGciOiAiUlNBLU9BRVAtMjU2IiwgImVuYyI6ICJBMjU2R0NNIn0.CIIbjiMpHE"
    "C4y1oQrSzf79YYlL38Pjbs87DOEznW51LCuH6sbR0z1HTIMqdstmpGJa2v58zQF4Se"
    "lf4JPsewRMLXsuitgA25S91eByieFUjGBpAu1Eni1NuaBGSWph5I6iDOvc6wPocZHN"
    "Lxua_CMGtk7fopLgvC1KoL2KWR7IFJFsTxtNKhTN-031nPCi3MorLvOJqcBj6MrSYX"
    "OK8_CVHQo0QJTe-TLBpC24aVIbXsU5Q74fDNAdwAHNv961m3AhreMIF5q_CmEGxcT-"
    "OamdQ1th7YrJKjjdPLhLonyu9XnqXBWM66YQx1coFUvhXxWk_Zg2BNU1RlWNzXR_pR"
    "DQ.ouGBJLL4SD6ueBhc.GnwgkKfGxdVXI-4f.LyIGACrtuaASdkjmuZSzWw",
    "eyJhbGciOiAiUlNBLU9BRVAtMjU2IiwgImVuYyI6ICJBMjU2R0NNIiwgImtpZCI6IC"
    "IyMDI2IiwgImN0eSI6ICJKV1QifQ.wCRosevYM9p2F3gQmHJAAUYn_Kl1bGUapy_EE"
    "_MgiYPyaRpCNwVNsruRome5Mt-bFwOmVF9f2m3QBgdsbDyBODAmPXU82F_KrrhUORf"
    "c7nyVoWWFnMsftlkxgWowKSHbmk6XbPrKxrTcld4M-ItSs_mvjQZiWpoGI1TxyCMWd"
    "mrBPaQHI8SJtvYwg8nlTKr2iowXglN8UmwNtZR5yJOPyN2UpQHPnIBcXVBTN1x9Uc3"
    "qKML7tpfilV1y79rMcCo291G5hl4NoBRei4hI6yueSsiv753js4EZbe-jcy1ox8Stl"
    "0EjPjdBDt5RLTwyKs4kiUoUqsB6Qb9uLvoNgSqgbQ.ZtQf1o4Af62l_LHf.qFTr4MP"
    "Wzswj3CmO._OEhhZ9p-WNen2sCP_zh9A",
    "eyJhbGciOiAiUlNBLU9BRVAtMjU2IiwgImVuYyI6ICJBMTI4R0NNIn0.PZiy0m8R54"
    "2NaODlq87BkiGgamACo22VoW7FRU15c7k9SPE0r-XYYZMJK5vmKkY0FCSq7LgxI33W"
    "u8FGXRdGWEeRyzRklq9NOzIKOuGUklNh2FQgKyXQQXgEHTburpBZpD417XOp9MGP-q"
    "Y2mu0tQeSbU_i1l5ZQoLpmds3Cj78BfXzajeAtUPuxlitnFafzGE1-SKTohQpi8uCE"
    "90C9f90ZZQpEbU-LdPw3Y07p6nreitELU2D9Le2YiL7koYbQ8vL2-tkABQC5gWEyDR"
    "UWqEvt_29g18Qx6hU_eTh2aqhyoet-rFCp2F65RrRRipGmfpd5I99mhk_f5HWT2MAH"
    "NA.6jaL7gOLCfWcTivz._9z2l0k29NMFmkz2.sdTY99MgD5Ly2ntaDNBLIA",
    "eyJhbGciOiAiUlNBLU9BRVAiLCAiZW5jIjogIkExMjhDQkMtSFMyNTYifQ.XdTcVNM"
    "O5br5Xg6Brb3jOLRyJPRV_sEmz2Gwrg7Wg8awyd7qAyg4oelIMsFUvXpkoGFDt-Fcb"
    "_sybIAUYaGByDmyBmw8OhqbGRgo2iq_flCHjxnaOM7u7i2RUuXv26EZpDhSE96LUTQ"
    "wmPNlVmSVD0tdJLadW3w-_XzI-r1JZsiWRsOeRtB9HFP2BMrNSSaNd7BtEkYBP3sg2"
    "V8ucWMhXg_VCQI7Ha8Rwj4kPc_UZ-BZZrJ6GZ39H4rKa4BjPPNzEffwKaJSU-4mPcP"
    "_1-pwlEFVNaUP7Ys8_huPHjeb2CvMHFl1ozK4i65DkMHaNwYQJb_vGXfwT3z7_zORk"
    "iRLzA.CetHTDAvuHt4y1ZAyXqBDA.0Rg53vidXGO8FzHbfbK15g.yN_eMuQHBgcQrQ"
    "WcxwgASg",
    "eyJhbGciOiAiUlNBLU9BRVAtMjU2IiwgImVuYyI6ICJBMjU2Q0JDLUhTNTEyIn0.A3"
    "qhm2MfDIjrR_qAQ-opIRIp9Vl6Jcw6bVAQZBeeaZXoPMc_gOPvYTQsJdvphUOGr6Ye"
    "DpzS2Qcq0_JlS_DpOCock5eeI93mWB16LxAzFVpyvmXCSL8JrmQpgqof6sssmR84F7"
    "yvRe10jmujvKG8RGkcspvBYcv_nozT0tV0Z_6A6Z9nyRQ_ztkNqBVf5_DsAshb4WAW"
    "gQIWoufUAf65E9s2KRU9QTACGSxhgxLND3lsA5Gmp2k26SScvDwUk0dpgr0PRJZ0hA"
    "4jZT40fXqLBX0QJkA63rjIWfcZQ9xm_16Crckqh83s7FUouhFXuJY9gIXC8IesmXhB"
    "CrrxBrINPQ.U1sO_eAig5FitnXlO2ZgHA.6nIqIRksJYZrKbrdH06_mQ.BcdSRLxmi"
    "jEtwjbJqaQx7BvGtOw_BE8C4DPiWaajEPo",
};

#endif
