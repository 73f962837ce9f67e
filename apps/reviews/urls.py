from django.urls import path

from apps.reviews import views

app_name = "reviews"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("submit/<uuid:assessment>/", views.submit, name="submit"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/claim/", views.claim, name="claim"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/start-again/", views.start_again, name="start_again"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/comment/", views.comment, name="comment"),
    path("<int:pk>/conditions/<int:condition>/met/", views.condition_met, name="condition_met"),
]
