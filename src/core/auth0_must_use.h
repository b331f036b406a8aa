/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_MUST_USE_H
#define AUTH0_MUST_USE_H

/* Results that decide over access must be looked at. */
#define AUTH0_MUST_USE __attribute__((warn_unused_result))

#endif
