import t from 'tap';
import { checkSystemProxy } from '../../../lib/storage/s3/system-proxy.ts';

t.test('proxies of an environment', async (t) => {
  for (const right of ['', 'http://proxy:3128', 'HTTPS://p%C3%A9:p%40ss@[::1]:1/']) {
    for (const name of ['http_proxy', 'HTTPS_PROXY']) checkSystemProxy({ [name]: right });
  }
  checkSystemProxy({ NO_PROXY: 'host,.domain', ALL_PROXY: 'socks5://host' });
  for (const wrong of [
    'proxy',
    'proxy:3128',
    '127.0.0.1:3128',
    'socks5://host:1080',
    'http://',
    'http://user:secret@',
    'http://user:secret%@host',
    'http://%ff:secret@host',
  ]) {
    for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) {
      const thrown = { code: 'USAGE', message: new RegExp(`^${name} (?!.*secret)`) };
      t.throws(() => checkSystemProxy({ PATH: '/bin', [name]: wrong }), thrown, `${name} ${wrong}`);
    }
  }
});
