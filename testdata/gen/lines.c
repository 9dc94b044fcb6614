/* lines.c - calls of malloc with a line of their own, where the line after each is another one. */
#include <stdlib.h>

void *kept[2];

int main(void)
{
	for (int i = 0; i < 100; i++)
		kept[0] = malloc(1000); /* here */
	for (int i = 0; i < 100; i++)
		kept[1] = malloc(2000); /* here */
	return kept[0] == kept[1];
}
