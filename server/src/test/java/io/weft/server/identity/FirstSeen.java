package io.weft.server.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts the authority that the first server shows at the end of its chain, and from then on only that one. */
final class FirstSeen implements X509TrustManager {
    private @Nullable X509Certificate authority;

    @Override
    public synchronized void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        X509Certificate last = chain[chain.length - 1];
        if (authority == null) {
            authority = last;
        }
        try {
            chain[0].verify(authority.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateException("not of the authority that was seen first", e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
