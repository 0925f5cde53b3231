const { app, HttpResponse } = require('@azure/functions');

app.http('products', {
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  route: 'products/{category:alpha}/{id:int?}',
  handler: async (request, context) => {
    context.log(`Http function processed request for url "${request.url}"`);
    const { category, id } = request.params;
    if (request.method === 'GET') {
      return { jsonBody: { category, id, sort: request.query.get('sort'), tags: request.query.get('tag') } };
    }
    const product = await request.json();
    if (!product.name) throw Object.assign(new Error('A product needs a name.'), { name: 'ValidationError' });
    return {
      status: 201,
      headers: { location: `/api/products/${category}/42`, 'x-agent': request.headers.get('user-agent') },
      jsonBody: { ...product, category },
    };
  },
});

app.http('productsHead', {
  methods: ['HEAD'],
  route: 'products/{category:alpha}/{id:int}',
  handler: () => ({ status: 200, headers: { etag: '"42"' } }),
});

app.put('image', {
  route: 'images/{*path}',
  handler: async (request) => {
    const bytes = Buffer.from(await request.arrayBuffer());
    return {
      body: Buffer.from(bytes).reverse(),
      headers: { 'content-type': request.headers.get('content-type'), 'x-path': request.params.path },
    };
  },
});

app.post('form', async (request) => {
  const form = await request.formData();
  const file = form.get('file');
  return { jsonBody: { name: form.get('name'), file: file.name, size: file.size } };
});

app.get('cookies', async () => ({
  cookies: [
    { name: 'mycookie', value: 'my value', maxAge: 200000 },
    { name: 'mycookie2', value: 'myvalue', path: '/', secure: true, httpOnly: true },
    { name: 'mycookie3', value: 'myvalue', expires: new Date('2030-01-02T03:04:05Z'), sameSite: 'Strict' },
  ],
}));

app.get('classResponse', () => {
  const response = new HttpResponse({ status: 418, body: 'short and stout' });
  response.headers.append('x-teapot', 'yes');
  return response;
});

app.get('nothing', () => undefined);
app.get('stream', () => ({
  body: new Blob(['streamed ', 'body']).stream(),
  headers: { 'content-type': 'text/plain' },
}));
app.get('fails', () => {
  throw new Error('It is broken.');
});
app.http('anyMethod', {
  methods: ['PATCH', 'OPTIONS'],
  route: 'any/method',
  handler: (request) => ({ body: request.method }),
});
app.http('hooked', {
  methods: ['GET'],
  handler: (_request, extra, context) => {
    context.log(`hooked was called with ${extra}`);
    return { body: extra };
  },
});
app.http('retiredEndpoint', { methods: ['GET'], handler: () => ({ body: 'still here' }) });

app.get('logLevels', (_request, context) => {
  context.trace('a trace');
  context.debug('a debug line');
  context.info('an info', { with: 'an object' });
  context.warn('a warning');
  context.error(new Error('an error'));
  return { body: context.invocationId };
});
