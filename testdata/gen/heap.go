// heap.go - a Go program that writes its heap profile in both forms, with the same numbers.
//
// usage: heap TEXT PROTOBUF
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

type node struct {
	next  *node
	bytes [300]byte
}

var kept []*node
var blocks [][]byte

//go:noinline
func grow(n int) {
	for i := 0; i < n; i++ {
		kept = append(kept, &node{})
	}
}

func inlined(n int) []byte { return make([]byte, n) }

//go:noinline
func fill(depth int) {
	if depth > 0 {
		fill(depth - 1)
		return
	}
	for i := 0; i < 100; i++ {
		blocks = append(blocks, inlined(10000))
	}
}

func write(path string, debug int) {
	f, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	if err := pprof.Lookup("heap").WriteTo(f, debug); err != nil {
		panic(err)
	}
	f.Close()
}

func main() {
	runtime.MemProfileRate = 512
	grow(5000)
	fill(5)
	blocks = blocks[:50]
	runtime.GC()
	runtime.GC()
	write(os.Args[1], 1)
	write(os.Args[2], 0)
}
