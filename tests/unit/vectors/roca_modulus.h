/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/* Made by make_roca.py. */
/* clang-format off */
#ifndef ROCA_MODULUS_H
#define ROCA_MODULUS_H

#define ROCA_MODULUS \
    "2ULdJd-ziA-6aU6Vld45HXn1QawYTiFv7MPvigXiFDP5dK17ODS2ea_HXlCVAEqiAN3eQK" \
    "mVp-GigVj5veV2Z7pMyP8kVNlcF8T9jdLpJcNJ_hLXxnP6LfqB6uVfIqHnYafOACqDeV5n" \
    "ri4MJRjoYaHo224YGrdEXNmIp3JQLUzkfKzNP0lcL2YCcMsmEmZzsjtWYolcbarTlFHdTi" \
    "QGmFKyEoCTg_QTmkchgnTx57RLhKK8KmBocAbcLCMkqcwqTGmqBBZy3X1i5etEDNjMZlIW" \
    "eig6JF1gpeH35BJoMJoCgTlWCQSEdGmqtFzw3sEXUIiRXg6TUe3gEg_iOxLNzw"

#endif
