// An OpenID provider that shares no code with ours: node provider.mjs PORT CLIENT_ID CLIENT_SECRET.
// Whoever types a name on its page is that person. The client is "native", so that the portal may listen on any
// loopback port (RFC 8252, section 7.3).
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, client_id, client_secret] = process.argv.slice(2);
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const callbacks = ['127.0.0.1', 'localhost'].map((host) => `http://${host}/sign-in/peer/callback`);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id,
    client_secret,
    application_type: 'native',
    redirect_uris: callbacks,
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  jwks: { keys: [{ ...key, kid: 'peer', use: 'sig', alg: 'RS256' }] },
  cookies: { keys: [client_secret] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, login) => ({
    accountId: login,
    claims: () => ({ sub: login, name: login.split('@')[0], email: login, email_verified: true }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
