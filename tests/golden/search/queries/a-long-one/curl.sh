curl --fail-with-body -G https://api.example.com/v1/find \
  --data-urlencode 'expand=customers.orders.items.prices.currencies.names, customers.orders.items.prices.currencies.codes and more'
