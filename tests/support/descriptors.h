/* The limit on the descriptors of a server. */
#ifndef SUPPORT_DESCRIPTORS_H
#define SUPPORT_DESCRIPTORS_H

/* As many as the system allows. If this fails, the limit is unchanged. */
void descriptors_raise_limit(void);

#endif
