/* Functions that must not be used here; included before everything by the build. */
#ifndef HC_BASE_BANNED_H
#define HC_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok localtime gmtime atoi rand

#endif
