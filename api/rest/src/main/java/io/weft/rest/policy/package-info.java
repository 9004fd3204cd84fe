/**
 * The language of oslo.policy: rules with names, of which each says who may do something with what. A set of rules is
 * read and checked as a whole before any of them counts; then each is one predicate. It knows neither HTTP nor a domain.
 */
@NullMarked
package io.weft.rest.policy;

import org.jspecify.annotations.NullMarked;
