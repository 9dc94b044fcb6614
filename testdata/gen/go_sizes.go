package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

var keep [][]byte
var maps []map[int]*[40]int

//go:noinline
func small(n int) {
	for i := 0; i < n; i++ {
		keep = append(keep, make([]byte, 64))
	}
}

//go:noinline
func medium(n int) {
	for i := 0; i < n; i++ {
		keep = append(keep, make([]byte, 5000))
	}
}

//go:noinline
func large(n int) {
	for i := 0; i < n; i++ {
		keep = append(keep, make([]byte, 3<<20))
	}
}

//go:noinline
func mixed(n int) {
	for i := 0; i < n; i++ {
		keep = append(keep, make([]byte, 100+37*(i%400)))
	}
}

//go:noinline
func garbage(n int) {
	for i := 0; i < n; i++ {
		b := make([]byte, 1000+i%3000)
		b[0] = 1
		if i == n-1 {
			keep = append(keep, b)
		}
	}
}

func main() {
	runtime.MemProfileRate = 64 << 10
	small(20000)
	medium(900)
	large(3)
	mixed(3000)
	garbage(50000)
	runtime.GC()
	runtime.GC()
	for i, name := range []string{"heap.pb.gz", "heap.txt"} {
		f, _ := os.Create(name)
		pprof.Lookup("heap").WriteTo(f, i)
		f.Close()
	}
	_ = maps
}
