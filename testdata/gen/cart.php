<?php
// cart.php - some memory in use at known places, for memprof_dump_pprof(): cart.php FILE
namespace Shop;

class Cart {
	private array $items = [];

	public function add(int $i): void
	{
		$this->items[] = str_repeat('x', 1000 + $i % 100);
	}
}

function fill(Cart $cart, int $n): void
{
	for ($i = 0; $i < $n; $i++)
		$cart->add($i);
}

function report(int $n): string
{
	return $n ? report($n - 1) . "line\n" : str_repeat('r', 100000);
}

$cart = new Cart();
fill($cart, 500);
$text = report(3);
$keep = array_map(function ($x) { return str_repeat('k', 5000); }, range(1, 10));
$f = fopen($argv[1], 'w');
memprof_dump_pprof($f);
fclose($f);
