/*
 * names.h - names of firms and places brought to a form in which two counties' spellings meet: for
 * comparing only, never for printing. What is masked ("某公司", "X集团", "**") or says nothing
 * ("待定", "-") has no form, and so matches nothing (domain.md, head: never parse a mask).
 */
#pragma once

#include "base/bytes.h"

enum { CREDIT_CODE_SIZE = 18, NAME_PARTS_MAX = 16 };

/*
 * Widths, case, blanks, brackets, quotes and dots made one; the suffixes of its legal form taken
 * off (有限公司, 有限责任公司, 股份有限公司, 集团, Co., Ltd). Appends to out. False: no form.
 */
bool name_normalise(struct bytes name, struct buffer *out);
/*
 * Coarser: without what stands in brackets and without a leading province, city or county
 * ("安徽阳光电源" is "阳光电源"). Two firms may share it: it needs a second witness.
 */
bool name_normalise_coarse(struct bytes name, struct buffer *out);
/* A region as trips name it: "上海市" is "上海". */
bool place_normalise(struct bytes place, struct buffer *out);
/* False: not 18 letters and digits, or one of them 18 times. */
bool credit_code_normalise(struct bytes code, char out[CREDIT_CODE_SIZE]);
/* The names in one cell, parted by ； ; 、 | or a new line (domain.md 4.2); more are left out. */
size_t name_split(struct bytes cell, struct bytes parts[NAME_PARTS_MAX]);
