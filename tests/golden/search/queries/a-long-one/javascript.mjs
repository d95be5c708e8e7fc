const query = new URLSearchParams({
  expand:
    "customers.orders.items.prices.currencies.names, customers.orders.items.prices.currencies.codes and more",
});

const response = await fetch(`https://api.example.com/v1/find?${query}`);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
