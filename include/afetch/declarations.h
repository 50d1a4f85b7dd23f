/* Opens and closes the declarations of every header, so that they can be used from C++. */
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
