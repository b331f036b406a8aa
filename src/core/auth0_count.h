/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_COUNT_H
#define AUTH0_COUNT_H

/* How many elements an array has; not for pointers. A constant. */
#define AUTH0_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
