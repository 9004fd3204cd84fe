package io.weft.client;

import java.net.URI;
import java.util.Optional;

/** Where the service is and what it is shown. */
interface Session {
    /**
     * @param endpoint of the network service, without a slash at the end
     * @param token the header {@code X-Auth-Token}
     * @param project the header {@code X-Project-Id}
     */
    record Pass(String endpoint, Optional<String> token, Optional<String> project) {
        static Pass of(URI endpoint, Optional<String> token, Optional<String> project) {
            return new Pass(withoutVersion(endpoint.toString()), token, project);
        }

        /** A catalogue's address with or without the version that the paths begin with. */
        private static String withoutVersion(String url) {
            String text = url;
            for (String end : new String[] {"/", "/v2.0", "/"}) {
                if (text.endsWith(end)) {
                    text = text.substring(0, text.length() - end.length());
                }
            }
            return text;
        }
    }

    Pass pass();

    /** Another pass after this one was refused; the same where there is no other. */
    Pass renewed(Pass refused);

    static Session of(Authentication authentication, Transport transport) {
        return switch (authentication) {
            case Authentication.None none -> new Fixed(Pass.of(none.endpoint(), Optional.empty(), none.project()));
            case Authentication.Token token ->
                new Fixed(Pass.of(token.endpoint(), Optional.of(token.token()), Optional.empty()));
            case Authentication.Keystone keystone -> new KeystoneSession(keystone, transport);
        };
    }

    /** A pass that does not change. */
    record Fixed(Pass pass) implements Session {
        @Override
        public Pass renewed(Pass refused) {
            return pass;
        }
    }
}
