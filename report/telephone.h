/* telephone.h - numbers in a text by which a person can be reached or known: mobile and landline
 * telephones and identity cards, in ASCII or full-width digits. */
#pragma once

#include "base/bytes.h"

/* The text with the digits of such numbers as '*'. Dates, amounts and codes stay. Appends. */
void telephone_mask(struct bytes text, struct buffer *out);
