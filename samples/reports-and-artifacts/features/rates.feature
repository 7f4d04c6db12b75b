Feature: Sending a parcel

  Scenario: A small parcel stays in the country
    Given a parcel of 400 g
    When it is sent
    Then it costs 3.49

  Scenario: A small parcel goes abroad
    Given a parcel of 400 g
    When it is sent abroad
    Then it costs 6.98
