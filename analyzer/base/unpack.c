/* unpack.c - compressed streams: what they begin with, and unpacking them piece by piece. */
#include "analyzer/base/unpack.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

/* More than "xz -9" needs; what asks for more is not meant to be unpacked. */
#define XZ_MEMORY (UINT64_C(256) << 20)

/* --- gzip --- */

static bool gzip_begins(struct hp_slice s, bool again)
{
	if (again) /* the second byte may not be there yet */
		return s.len && (uint8_t)s.ptr[0] == 0x1f;
	return hp_slice_starts(s, HP_LIT("\x1f\x8b"));
}

static void *gzip_open(void)
{
	z_stream *z = calloc(1, sizeof(*z));

	if (z && inflateInit2(z, 15 + 16) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static enum hp_unpacked gzip_step(void *state, struct hp_unpack_io *io, const char **why)
{
	z_stream *z = state;
	uInt n_in = (uInt)(io->n_in < UINT32_MAX / 2 ? io->n_in : UINT32_MAX / 2);
	uInt n_out = (uInt)(io->n_out < UINT32_MAX / 2 ? io->n_out : UINT32_MAX / 2);
	int r;

	z->next_in = (Bytef *)(uintptr_t)io->in;
	z->avail_in = n_in;
	z->next_out = io->out;
	z->avail_out = n_out;
	r = inflate(z, Z_NO_FLUSH);
	io->in += n_in - z->avail_in;
	io->n_in -= n_in - z->avail_in;
	io->out += n_out - z->avail_out;
	io->n_out -= n_out - z->avail_out;
	if (r == Z_STREAM_END && inflateReset(z) == Z_OK)
		return HP_UNPACK_MEMBER_ENDS;
	if (r == Z_OK || r == Z_BUF_ERROR)
		return HP_UNPACK_GOES_ON;
	*why = z->msg ? z->msg : "no reason given";
	return r == Z_MEM_ERROR ? HP_UNPACK_NOMEM : HP_UNPACK_DAMAGED;
}

static void gzip_close(void *state)
{
	(void)inflateEnd(state); /* fails only for a stream that was never set up */
	free(state);
}

/* --- zstd --- */

static bool zstd_begins(struct hp_slice s, bool again)
{
	if (again) /* a frame, or one to skip */
		return s.len && ((uint8_t)s.ptr[0] == 0x28 || (s.ptr[0] & 0xf0) == 0x50);
	return hp_slice_starts(s, HP_LIT("\x28\xb5\x2f\xfd"));
}

static void *zstd_open(void)
{
	return ZSTD_createDStream();
}

static enum hp_unpacked zstd_step(void *state, struct hp_unpack_io *io, const char **why)
{
	ZSTD_inBuffer in = {io->in, io->n_in, 0};
	ZSTD_outBuffer out = {io->out, io->n_out, 0};
	size_t r = ZSTD_decompressStream(state, &out, &in);

	io->in += in.pos;
	io->n_in -= in.pos;
	io->out += out.pos;
	io->n_out -= out.pos;
	if (ZSTD_isError(r)) {
		*why = ZSTD_getErrorName(r);
		return HP_UNPACK_DAMAGED;
	}
	return r == 0 ? HP_UNPACK_MEMBER_ENDS : HP_UNPACK_GOES_ON;
}

static void zstd_close(void *state)
{
	(void)ZSTD_freeDStream(state); /* it cannot fail */
}

/* --- xz --- */

static bool xz_begins(struct hp_slice s, bool again)
{
	if (again)
		return s.len && (uint8_t)s.ptr[0] == 0xfd;
	return hp_slice_starts(s, (struct hp_slice){"\xfd"
						    "7zXZ",
						    6});
}

static void *xz_open(void)
{
	lzma_stream *x = calloc(1, sizeof(*x));

	if (x && lzma_stream_decoder(x, XZ_MEMORY, 0) != LZMA_OK) {
		free(x);
		return NULL;
	}
	return x;
}

static enum hp_unpacked xz_step(void *state, struct hp_unpack_io *io, const char **why)
{
	lzma_stream *x = state;
	lzma_ret r;

	x->next_in = io->in;
	x->avail_in = io->n_in;
	x->next_out = io->out;
	x->avail_out = io->n_out;
	r = lzma_code(x, LZMA_RUN);
	io->in = x->next_in;
	io->n_in = x->avail_in;
	io->out = x->next_out;
	io->n_out = x->avail_out;
	if (r == LZMA_STREAM_END)
		return lzma_stream_decoder(x, XZ_MEMORY, 0) == LZMA_OK ? HP_UNPACK_MEMBER_ENDS
								       : HP_UNPACK_NOMEM;
	if (r == LZMA_OK || r == LZMA_BUF_ERROR)
		return HP_UNPACK_GOES_ON;
	*why = r == LZMA_MEMLIMIT_ERROR  ? "it needs more than 256 MiB of memory"
	       : r == LZMA_OPTIONS_ERROR ? "of a kind that is not known"
					 : "the bytes make no sense";
	return r == LZMA_MEM_ERROR ? HP_UNPACK_NOMEM : HP_UNPACK_DAMAGED;
}

static void xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

/* --- bzip2 --- */

static bool bzip2_begins(struct hp_slice s, bool again)
{
	if (again)
		return s.len && s.ptr[0] == 'B';
	return hp_slice_starts(s, HP_LIT("BZh")) && s.len > 3 && s.ptr[3] >= '1' && s.ptr[3] <= '9';
}

static void *bzip2_open(void)
{
	bz_stream *z = calloc(1, sizeof(*z));

	if (z && BZ2_bzDecompressInit(z, 0, 0) != BZ_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static enum hp_unpacked bzip2_step(void *state, struct hp_unpack_io *io, const char **why)
{
	bz_stream *z = state;
	unsigned n_in = (unsigned)(io->n_in < UINT32_MAX / 2 ? io->n_in : UINT32_MAX / 2);
	unsigned n_out = (unsigned)(io->n_out < UINT32_MAX / 2 ? io->n_out : UINT32_MAX / 2);
	int r;

	z->next_in = (char *)(uintptr_t)io->in;
	z->avail_in = n_in;
	z->next_out = (char *)io->out;
	z->avail_out = n_out;
	r = BZ2_bzDecompress(z);
	io->in += n_in - z->avail_in;
	io->n_in -= n_in - z->avail_in;
	io->out += n_out - z->avail_out;
	io->n_out -= n_out - z->avail_out;
	if (r == BZ_STREAM_END) {
		(void)BZ2_bzDecompressEnd(z); /* it was set up */
		*z = (bz_stream){0};
		return BZ2_bzDecompressInit(z, 0, 0) == BZ_OK ? HP_UNPACK_MEMBER_ENDS
							      : HP_UNPACK_NOMEM;
	}
	if (r == BZ_OK)
		return HP_UNPACK_GOES_ON;
	*why = "the bytes make no sense";
	return r == BZ_MEM_ERROR ? HP_UNPACK_NOMEM : HP_UNPACK_DAMAGED;
}

static void bzip2_close(void *state)
{
	(void)BZ2_bzDecompressEnd(state); /* fails only for a stream that was never set up */
	free(state);
}

const struct hp_unpacker *hp_unpacker_of(struct hp_slice s)
{
	static const struct hp_unpacker table[] = {
		{"gzip", gzip_begins, gzip_open, gzip_step, gzip_close},
		{"zstd", zstd_begins, zstd_open, zstd_step, zstd_close},
		{"xz", xz_begins, xz_open, xz_step, xz_close},
		{"bzip2", bzip2_begins, bzip2_open, bzip2_step, bzip2_close},
	};

	for (size_t i = 0; i < HP_LEN(table); i++)
		if (table[i].begins(s, false))
			return &table[i];
	return NULL;
}
