/* What stands around the declarations of every header, so that C++ can use them too. */
#ifndef AFETCH_DECLARATIONS_H
#define AFETCH_DECLARATIONS_H

#ifdef __cplusplus
#define AF_BEGIN_DECLARATIONS extern "C" {
#define AF_END_DECLARATIONS }
#else
#define AF_BEGIN_DECLARATIONS
#define AF_END_DECLARATIONS
#endif

#endif
